import { momentFormat, quantity } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { fillTable, scrollingTable } from '../../parts/table.js';

const moment = momentFormat(undefined, false);

/** How wrong the model of each post has been, beside two predictions that need no model. */
export class ErrorsPanel {
  #table = scrollingTable('Errors');
  #panel = new Panel({
    id: 'errors',
    title: 'Mean absolute error',
    subtitle: 'In µg/m³, over all hours: each was predicted before it was learned from',
    body: [this.#table.region],
  });

  constructor() {
    this.element = this.#panel.element;
    this.#panel.state('loading', 'Reading rows…');
  }

  close() {
    // Nothing to end.
  }

  show(followed) {
    const rows = followed.model.latestRows();
    this.#panel.follow(followed, rows.length === 0, 'No model has learned anything yet.');
    fillTable(this.#table.table, COLUMNS, rows);
  }
}

const forecastOf = ({ row }) => row.values?.forecast ?? {};
const digits = (value) => (typeof value === 'number' ? value.toFixed(2) : '–');

const COLUMNS = [
  { title: 'Post', kind: 'head', cell: ({ key }) => key },
  { title: 'Model', kind: 'number', cell: (entry) => digits(forecastOf(entry).mae?.model) },
  { title: 'Last hour', hint: 'as prediction', kind: 'number', cell: (entry) => digits(forecastOf(entry).mae?.last) },
  { title: 'Mean so far', hint: 'as prediction', kind: 'number', cell: (entry) => digits(forecastOf(entry).mae?.mean) },
  { title: 'Better by', hint: 'than the last hour', kind: 'number', cell: (entry) => gainText(forecastOf(entry).mae) },
  { title: 'Hours scored', kind: 'number', cell: (entry) => quantity(forecastOf(entry).scored) },
  { title: 'Drifts', kind: 'number', cell: (entry) => quantity(forecastOf(entry).drifts) },
  { title: 'Version', kind: 'number', cell: (entry) => quantity(forecastOf(entry).version) },
  { title: 'Next', cell: (entry) => nextText(forecastOf(entry).next) },
];

function gainText({ model, last } = {}) {
  return typeof model === 'number' && last > 0 ? `${((1 - model / last) * 100).toFixed(1)} %` : '–';
}

const nextText = (next) => (next ? `${quantity(next.predicted)} at ${moment(Date.parse(next.at))}` : '–');
