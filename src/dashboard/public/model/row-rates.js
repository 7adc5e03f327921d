import { getText } from '../net/api.js';

const LINE = /^millrace_rows_emitted_total\{(.*)\} (\S+)$/gm;
const LABEL = /(\w+)="([^"]*)"/g;
/** A rate is taken over so long, so that rows that go out once a second are no zigzag. */
const SPAN_MS = 5_000;

/** Rows per second by pipeline and sink, of the process that answers, from its metrics. */
export class RowRates {
  #samples = [];

  /** Reads the metrics; without them the rates stay as they are. */
  async read() {
    const text = await getText('/metrics').catch(() => undefined);
    if (text === undefined) return;
    this.#samples.push({ nowMs: performance.now(), totals: totalsOf(text) });
    while (this.#samples.length > 2 && this.#samples.at(-1).nowMs - this.#samples[1].nowMs > SPAN_MS)
      this.#samples.shift();
  }

  /** Undefined until it is known. */
  of(pipeline, sink) {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!last || first === last) return undefined;
    const identity = `${pipeline}\n${sink}`;
    const rows = (last.totals.get(identity) ?? 0) - (first.totals.get(identity) ?? 0);
    return Math.max(0, (rows * 1000) / (last.nowMs - first.nowMs));
  }
}

function totalsOf(text) {
  return new Map(
    [...text.matchAll(LINE)].map(([, labels, value]) => {
      const { pipeline, sink } = Object.fromEntries([...labels.matchAll(LABEL)].map(([, name, of]) => [name, of]));
      return [`${pipeline}\n${sink}`, Number(value)];
    }),
  );
}
