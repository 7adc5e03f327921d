import { count, momentFormat, quantity } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { fillTable, scrollingTable } from '../../parts/table.js';

const SHOWN = 20;
const moment = momentFormat(undefined, false);

/** The newest hours that were far from what was predicted, and drifts of the errors. */
export class AnomaliesPanel {
  #table = scrollingTable('Anomalies and drifts');
  #panel = new Panel({ id: 'anomalies', title: 'Anomalies and drifts', body: [this.#table.region] });

  constructor() {
    this.element = this.#panel.element;
    this.#panel.state('loading', 'Reading rows…');
  }

  close() {
    // Nothing to end.
  }

  show(followed) {
    const rows = followed.model.allRows();
    this.#panel.follow(followed, rows.length === 0, 'Every hour was near what was predicted.');
    this.#panel.subtitle(rows.length > SHOWN ? `The newest ${SHOWN} of ${count(rows.length)}` : '');
    fillTable(this.#table.table, COLUMNS, rows.slice(-SHOWN).reverse());
  }
}

const COLUMNS = [
  { title: 'Post', kind: 'head', cell: ({ key }) => key },
  { title: 'Hour', cell: ({ startMs }) => moment(startMs) },
  { title: 'Read', hint: 'µg/m³', kind: 'number', cell: ({ row }) => quantity(row.values?.pm25) },
  { title: 'Predicted', hint: 'µg/m³', kind: 'number', cell: ({ row }) => quantity(row.values?.predicted) },
  { title: 'Error', hint: 'in usual errors', kind: 'number', cell: ({ row }) => quantity(row.values?.score) },
  { title: 'What', cell: ({ row }) => row.values?.reason },
];
