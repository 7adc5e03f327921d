const SAMPLES = 60;
/** A rate is taken over so many samples, so that one slow answer is no dip. */
const SPAN = 4;

/** Records per second, from totals that are read now and then. */
class Rates {
  #samples = [];
  history = [];

  add({ accepted, filtered, late, dead }, nowMs) {
    const total = accepted + filtered + late + dead;
    const last = this.#samples.at(-1);
    // Totals go back when a new generation begins or another process takes tasks over.
    if (last && total < last.total) this.#samples = [];
    this.#samples.push({ total, nowMs });
    if (this.#samples.length > SPAN + 1) this.#samples.shift();
    this.history.push(this.now() ?? 0);
    if (this.history.length > SAMPLES) this.history.shift();
  }

  /** Undefined until there are two samples. */
  now() {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!last || first === last) return undefined;
    return ((last.total - first.total) * 1000) / (last.nowMs - first.nowMs);
  }
}

const byPipeline = new Map();

/** The rates of a pipeline since the page was opened. */
export function ratesOf({ name }) {
  let rates = byPipeline.get(name);
  if (!rates) byPipeline.set(name, (rates = new Rates()));
  return rates;
}

/** To be told of each poll, whatever view is shown. */
export function addRates(pipelines, nowMs) {
  for (const pipeline of pipelines) {
    if (pipeline.totals) ratesOf(pipeline).add(pipeline.totals, nowMs);
  }
}
