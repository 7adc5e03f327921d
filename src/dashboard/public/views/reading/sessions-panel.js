import { h } from '../../parts/dom.js';
import { count, duration, momentFormat } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { fillTable, scrollingTable } from '../../parts/table.js';

const SHOWN = 25;
const moment = momentFormat(undefined, false);

/** The newest sessions: who read how long, how much, and how well. */
export class SessionsPanel {
  #table = scrollingTable('Sessions');
  #panel = new Panel({ id: 'sessions', title: 'Sessions', body: [this.#table.region] });

  constructor() {
    this.element = this.#panel.element;
    this.#panel.state('loading', 'Reading rows…');
  }

  show(followed) {
    const rows = followed.model.allRows();
    const newest = rows.sort((a, b) => b.endMs - a.endMs).slice(0, SHOWN);
    this.#panel.follow(followed, rows.length === 0, 'Nobody has read yet.');
    this.#panel.subtitle(
      `${rows.length > SHOWN ? `The newest ${SHOWN} of ${count(rows.length)}` : count(rows.length)}; one ends after 30 minutes without a page`,
    );
    fillTable(
      this.#table.table,
      COLUMNS,
      newest.map((entry) => ({ ...entry, attributes: { 'data-window': entry.row.final ? 'closed' : 'open' } })),
    );
  }
}

const COLUMNS = [
  { title: 'Student', kind: 'head', cell: ({ key }) => key },
  { title: 'From', cell: ({ startMs }) => moment(startMs) },
  {
    title: 'Length',
    kind: 'number',
    cell: ({ startMs, endMs }) => (endMs > startMs ? duration(endMs - startMs) : '–'),
  },
  { title: 'Pages', kind: 'number', cell: ({ row }) => count(row.values?.pages ?? 0) },
  { title: 'Words', kind: 'number', cell: ({ row }) => count(row.values?.words ?? 0) },
  { title: 'Accuracy', kind: 'number', cell: ({ row }) => accuracyText(row.values ?? {}) },
  { title: 'Chapters', cell: ({ row }) => namesOf(row.values?.chapters) },
  { title: 'Device', cell: ({ row }) => namesOf(row.values?.devices) },
  {
    title: 'Session',
    kind: 'quiet',
    cell: ({ row }) => h('span', {}, h('span', { class: 'dot', 'aria-hidden': 'true' }), row.final ? 'over' : 'open'),
  },
];

/** As the table `reading.student_sessions` has it: words that were read right, of all. */
function accuracyText({ words, mistakes = 0 }) {
  return words > 0 ? `${(Math.max(0, (words - mistakes) / words) * 100).toFixed(1)} %` : '–';
}

const namesOf = (list) => (list?.length ? list.map(({ value }) => value ?? 'unknown').join(', ') : '–');
