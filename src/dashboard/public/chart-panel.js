import { ChartView } from './chart-view.js';
import { byId, h, setHidden, setText } from './dom.js';
import { count, momentFormat } from './format.js';
import { bandOf, isDaily, measuresOf, titleOf, windowNames, zoneOf } from './pipeline-shape.js';
import { Selection } from './selection.js';

const SPANS = [30, 90, 365, undefined];

/** The chart with its choices: measure, span, keys. */
export class ChartPanel {
  #chart = new ChartView(byId('chart'));
  #selection = new Selection(byId('keys'), () => this.show());
  #model;
  #pipeline;
  #measures = [];
  #measure;
  #span = 90;

  constructor() {
    byId('measure').addEventListener('change', (event) => {
      this.#measure = this.#measures.find(({ name }) => name === event.target.value);
      this.show();
    });
  }

  /** Begins with a pipeline whose rows come into `model`. */
  begin(pipeline, model) {
    this.#pipeline = pipeline;
    this.#model = model;
    this.#measures = measuresOf(pipeline);
    this.#measure = this.#measures[0];
    this.#selection.reset();
    this.#chart.clear();
    byId('measure').replaceChildren(...this.#measures.map(({ name }) => h('option', { value: name }, name)));
    this.#showRanges();
  }

  /** Draws what the model has now. `isLoading` says that more is to come. */
  show(isLoading = false) {
    if (!this.#pipeline) return;
    const keys = this.#model.keys();
    this.#selection.update(keys);
    const chosen = this.#selection.of(keys);
    const [one, many] = windowNames(this.#pipeline);
    setText(byId('chart-title'), `${titleOf(this.#measure)} by ${one}`);
    const windows = this.#draw(chosen);
    setText(byId('chart-subtitle'), this.#subtitle(windows, windows === 1 ? one : many, chosen));
    const emptyText = emptyReason(keys, chosen, isLoading);
    setHidden(byId('chart-empty'), emptyText === undefined);
    setHidden(byId('chart'), emptyText !== undefined);
    setText(byId('chart-empty'), emptyText ?? '');
  }

  #draw(keys) {
    if (keys.length === 0) return 0;
    const zone = zoneOf(this.#pipeline);
    setHidden(byId('chart'), false);
    const windows = this.#chart.show({
      model: this.#model,
      keys,
      colours: this.#selection.colours,
      measure: this.#measure,
      band: bandOf(this.#measure, this.#measures),
      limit: this.#span,
      zone,
      moment: momentFormat(zone, isDaily(this.#pipeline)),
    });
    const [, many] = windowNames(this.#pipeline);
    byId('chart').setAttribute('aria-label', `${this.#measure.name}, ${windows} ${many}, of ${keys.join(', ')}`);
    return windows;
  }

  #subtitle(windows, name, keys) {
    const { unit, call } = this.#measure;
    const hasBand = keys.length === 1 && bandOf(this.#measure, this.#measures);
    const parts = [unit || (call === 'count' ? 'records' : ''), `${count(windows)} ${name}`, zoneOf(this.#pipeline)];
    return [...parts.filter(Boolean), ...(hasBand ? ['band from least to greatest'] : [])].join(' · ');
  }

  #showRanges() {
    const [, many] = windowNames(this.#pipeline);
    const buttons = SPANS.map((span) => {
      const text = span === undefined ? 'All' : span === 365 && many === 'days' ? '1 year' : `${span} ${many}`;
      return h(
        'button',
        { type: 'button', 'aria-pressed': String(span === this.#span), onclick: () => this.#choose(span) },
        text,
      );
    });
    byId('ranges').replaceChildren(...buttons);
  }

  #choose(span) {
    this.#span = span;
    [...byId('ranges').children].forEach((button, i) => button.setAttribute('aria-pressed', SPANS[i] === span));
    this.show();
  }
}

function emptyReason(keys, chosen, isLoading) {
  if (chosen.length > 0) return undefined;
  if (keys.length > 0) return 'Choose a line above to see it here.';
  return isLoading ? 'Reading rows…' : 'No rows yet. They appear here as soon as the first record is accepted.';
}
