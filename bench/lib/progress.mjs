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
    let idleMs;
    let early;
    let taken = 0;
    while (!signal.aborted && taken < this.records) {
      const askedMs = Date.now();
      taken = (await this.#taken(signal).catch(() => undefined)) ?? taken;
      if (taken === 0) idleMs = askedMs;
      else early ??= { atMs: Date.now(), taken };
      const inBetween = taken > 0 && taken < this.records * 0.85;
      if (taken < this.records) await sleep(inBetween ? COARSE_MS : FINE_MS);
    }
    if (taken < this.records) return;
    this.lastMs = Date.now();
    this.firstMs = Math.min(idleMs ?? Infinity, this.#firstBefore(early));
  }

  /** The counter may move only after a whole batch; the first look that sees it move is then too late by that batch. */
  #firstBefore({ atMs, taken }) {
    const others = this.records - taken;
    return others > 0 ? atMs - (taken * (this.lastMs - atMs)) / others : atMs;
  }

  async #taken(signal) {
    const response = await fetch(this.url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]) });
    const samples = (await response.text()).matchAll(/^millrace_records_total\{(.*)\} (\S+)/gm);
    const own = [...samples].filter(([, labels]) => labels.includes(`"${this.pipeline}"`));
    return own.reduce((sum, [, , value]) => sum + Number(value), 0);
  }
}
