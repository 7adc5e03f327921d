import { count, momentFormat, quantity } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { fillTable, scrollingTable } from '../../parts/table.js';

const SHOWN = 20;
const moment = momentFormat(undefined, false);

/** The newest minutes in which a sensor was beyond a limit or read something unusual. */
export class AlertsPanel {
  #table = scrollingTable('Alerts');
  #panel = new Panel({ id: 'sensor-alerts', title: 'Alerts', body: [this.#table.region] });

  constructor() {
    this.element = this.#panel.element;
  }

  close() {
    // Nothing to end.
  }

  show(followed) {
    const rows = followed?.model.allRows() ?? [];
    this.#panel.follow(followed, rows.length === 0, 'No sensor was beyond a limit, and none read anything unusual.');
    this.#panel.subtitle(rows.length > SHOWN ? `The newest ${SHOWN} of ${count(rows.length)}` : '');
    fillTable(this.#table.table, COLUMNS, rows.slice(-SHOWN).reverse());
  }
}

const COLUMNS = [
  { title: 'Sensor', kind: 'head', cell: ({ key }) => key },
  { title: 'Minute', cell: ({ startMs }) => moment(startMs) },
  { title: 'Place', cell: ({ row }) => row.values?.location },
  { title: 'Beyond', cell: ({ row }) => namesOf(row.values?.limits) },
  { title: 'Unusual', cell: ({ row }) => namesOf(row.values?.unusual) },
  { title: 'Temperature', hint: '°C', kind: 'number', cell: ({ row }) => quantity(row.values?.temperature) },
  { title: 'Humidity', hint: '%', kind: 'number', cell: ({ row }) => quantity(row.values?.humidity) },
  { title: 'Pressure', hint: 'hPa', kind: 'number', cell: ({ row }) => quantity(row.values?.pressure) },
];

const namesOf = (list) => (list?.length ? list.map(({ value }) => String(value).replaceAll('_', ' ')).join(', ') : '–');
