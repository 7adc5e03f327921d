import { Chart } from '../../parts/chart.js';
import { count, momentFormat } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { choice, segments } from '../../parts/segments.js';
import { columnsOf } from '../../model/series.js';

const SPANS = [
  { value: 72, text: '3 days' },
  { value: 336, text: '2 weeks' },
  { value: 2_160, text: '90 days' },
];
const moment = momentFormat(undefined, false);
const LINES = [
  { label: 'Read', colour: '--series-1', unit: 'µg/m³', value: ({ pm25 }) => pm25 },
  {
    label: 'Predicted an hour before',
    colour: '--series-2',
    unit: 'µg/m³',
    dash: [6, 4],
    value: ({ predicted }) => predicted,
  },
];

/** Prediction against truth, of one post. */
export class PredictionsPanel {
  #chart = new Chart('Prediction against truth');
  #posts = choice('Post', () => this.#draw());
  #span = SPANS[0].value;
  #panel;
  #followed;

  constructor() {
    const spans = segments('Span', SPANS, this.#span, (span) => {
      this.#span = span;
      this.#draw();
    });
    this.#panel = new Panel({
      id: 'predictions',
      title: 'Prediction against truth',
      controls: [this.#posts.element, spans],
      body: [this.#chart.element],
    });
    this.element = this.#panel.element;
    this.#panel.state('loading', 'Reading rows…');
  }

  close() {
    this.#chart.close();
  }

  show(followed) {
    this.#followed = followed;
    this.#posts.offer(followed.model.keys().map((key) => ({ value: key, text: key })));
    this.#draw();
  }

  #draw() {
    const post = this.#posts.select.value;
    const entries = this.#followed?.model.rowsOf(post) ?? [];
    this.#panel.follow(this.#followed, entries.length === 0, 'Nothing was predicted yet.');
    if (entries.length === 0) return;
    const columns = columnsOf(
      LINES.map(({ value }) => ({ entries, value })),
      this.#span,
    );
    const hours = columns[0].length;
    this.#panel.subtitle(`PM2.5 in µg/m³ · ${count(hours)} hours · the dashed line was predicted an hour before`);
    this.#chart.show({
      ...{ columns, series: LINES, span: `${post} ${this.#span}`, moment },
      summary: `PM2.5 of ${post} over ${hours} hours, as it was read and as it was predicted an hour before`,
    });
  }
}
