/** Samples of a growing quantity over time, so that it can be told for a moment that was learnt of later. */
export class Series {
  #samples = [];

  add(atMs, value) {
    if (value !== undefined) this.#samples.push({ atMs, value });
  }

  /** The value at a moment, on the line between the samples around it. */
  at(ms) {
    const after = this.#samples.findIndex(({ atMs }) => atMs >= ms);
    if (after < 0) return this.#samples.at(-1)?.value;
    if (after === 0) return this.#samples[0].value;
    const [a, b] = [this.#samples[after - 1], this.#samples[after]];
    return a.value + ((b.value - a.value) * (ms - a.atMs)) / (b.atMs - a.atMs || 1);
  }

  between(fromMs, toMs) {
    return this.#samples.length > 0 ? this.at(toMs) - this.at(fromMs) : undefined;
  }

  get max() {
    return this.#samples.length > 0 ? Math.max(...this.#samples.map(({ value }) => value)) : undefined;
  }
}
