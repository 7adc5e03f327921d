import { setTimeout as sleep } from 'node:timers/promises';

/**
 * When a system took its first and its last record. The kafkajs and Java programs say so on standard output;
 * Millrace, which is not changed for the bench, is asked through its metrics.
 */
export class SaidProgress {
  firstMs;
  lastMs;

  onLine = (line) => {
    const [, what, ms] = line.match(/^(FIRST|LAST) (\d+)$/) ?? [];
    if (what === 'FIRST') this.firstMs ??= Number(ms);
    if (what === 'LAST') this.lastMs = Number(ms);
  };

  async watch() {}
}

const FINE_MS = 20;
const COARSE_MS = 200;

export class MetricsProgress {
  firstMs;
  lastMs;
  onLine = () => {};

  constructor({ url, pipeline, records }) {
    Object.assign(this, { url, pipeline, records });
  }

  /** Each look costs the service some CPU, so it looks often only around the first and the last record. */
  async watch(signal) {
    let taken = 0;
    while (!signal.aborted && taken < this.records) {
      taken = await this.#taken(signal).catch(() => 0);
      if (taken > 0) this.firstMs ??= Date.now();
      const inBetween = taken > 0 && taken < this.records * 0.85;
      await sleep(inBetween ? COARSE_MS : FINE_MS);
    }
    if (taken >= this.records) this.lastMs = Date.now() - FINE_MS;
  }

  async #taken(signal) {
    const response = await fetch(this.url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]) });
    const lines = (await response.text()).split('\n');
    const own = lines.filter(
      (line) => line.startsWith('millrace_records_total{') && line.includes(`"${this.pipeline}"`),
    );
    return own.reduce(
      (sum, line) =>
        sum +
        Number(
          line
            .slice(line.lastIndexOf('}') + 1)
            .trim()
            .split(' ')[0],
        ),
      0,
    );
  }
}
