import { h } from './dom.js';
import { quantity } from './format.js';
import { Plot } from './plot.js';
import { fillTable, scrollingTable } from './table.js';

const TABLE_ROWS = 100;

/** A drawing, and the same as a table for those who do not see it. */
export class Chart {
  #label;
  #picture = h('div', { class: 'chart', role: 'img' });
  #plot;
  #spec;
  #table;
  #details;

  /** `label` names it, such as `Daily PM2.5`. */
  constructor(label) {
    this.#label = label;
    const { table, region } = scrollingTable(`${label}, as a table`);
    this.#table = table;
    this.#details = h(
      'details',
      { class: 'as-table', ontoggle: () => this.#fill() },
      h('summary', {}, 'As a table'),
      region,
    );
    this.element = h('div', {}, this.#picture, this.#details);
    this.#plot = new Plot(this.#picture);
  }

  /** As {@link Plot} has it; `summary` says in a sentence what is seen. */
  show(spec) {
    this.#spec = spec;
    this.#picture.setAttribute('aria-label', `${this.#label}. ${spec.summary}`);
    this.#plot.show(spec);
    this.#fill();
  }

  close() {
    this.#plot.close();
  }

  #fill() {
    if (!this.#details.open || !this.#spec) return;
    const { columns, series, moment, format = quantity } = this.#spec;
    const [times] = columns;
    const from = Math.max(0, times.length - TABLE_ROWS);
    const rows = times.slice(from).map((time, i) => ({ time, i: from + i }));
    fillTable(
      this.#table,
      [
        { title: 'Time', kind: 'head', cell: ({ time }) => moment(time * 1000) },
        ...series.map(({ label, unit }, s) => ({
          title: label,
          hint: unit,
          kind: 'number',
          cell: ({ i }) => format(columns[s + 1][i]),
        })),
      ],
      rows.reverse(),
    );
  }
}
