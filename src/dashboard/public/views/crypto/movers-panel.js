import { bars } from '../../parts/bars.js';
import { h } from '../../parts/dom.js';
import { percent, price } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { fillTable, scrollingTable } from '../../parts/table.js';

const MOVERS = 6;

const dayOf = ({ row }) => row.values?.day ?? {};
const isKnown = (entry) => typeof dayOf(entry).change_percent === 'number';

/** Which coins moved most in their last 24 hours, and all of them in a table. */
export class MoversPanel {
  #up = new Panel({ title: 'Risen most', subtitle: 'over 24 hours' });
  #down = new Panel({ title: 'Fallen most', subtitle: 'over 24 hours' });
  #table = scrollingTable('All coins');
  #all = new Panel({ id: 'coins', title: 'All coins', body: [this.#table.region] });

  constructor() {
    const columns = h('div', { class: 'columns' }, this.#up.element, this.#down.element);
    this.element = h('div', { class: 'view' }, columns, this.#all.element);
    for (const panel of [this.#up, this.#down, this.#all]) panel.state('loading', 'Reading rows…');
  }

  show(followed) {
    const rows = followed.model.latestRows();
    const known = rows.filter(isKnown).sort((a, b) => dayOf(b).change_percent - dayOf(a).change_percent);
    const risen = known.filter((entry) => dayOf(entry).change_percent > 0).slice(0, MOVERS);
    const fallen = known
      .filter((entry) => dayOf(entry).change_percent < 0)
      .slice(-MOVERS)
      .reverse();
    const unknown = known.length === 0 ? 'A change is known from the second five minutes on.' : undefined;
    fillBars(this.#up, followed, risen, 'good', unknown ?? 'No coin has risen.');
    fillBars(this.#down, followed, fallen, 'bad', unknown ?? 'No coin has fallen.');
    this.#all.follow(followed, rows.length === 0, 'No price has come yet.');
    this.#all.subtitle('Volatility is the standard deviation of the logarithmic returns of five-minute steps');
    fillTable(this.#table.table, COLUMNS, [...known, ...rows.filter((entry) => !isKnown(entry))]);
  }
}

const COLUMNS = [
  { title: 'Coin', kind: 'head', cell: ({ key, row }) => row.values?.name ?? key },
  { title: 'Symbol', kind: 'quiet', cell: ({ row }) => row.values?.symbol },
  { title: 'Price', kind: 'number', cell: (entry) => price(dayOf(entry).to) },
  { title: '24 h', kind: 'number', cell: (entry) => percent(dayOf(entry).change_percent) },
  { title: 'Volatility', kind: 'number', cell: (entry) => volatilityText(dayOf(entry).volatility) },
];

const volatilityText = (value) => (typeof value === 'number' ? `${(value * 100).toFixed(3)} %` : '–');

function fillBars(panel, followed, entries, tone, emptyText) {
  panel.follow(followed, entries.length === 0, emptyText);
  const items = entries.map((entry) => ({
    label: entry.row.values?.symbol ?? entry.key,
    note: price(dayOf(entry).to),
    value: dayOf(entry).change_percent,
    text: percent(dayOf(entry).change_percent),
    tone,
  }));
  panel.body(bars('Change over 24 hours', items));
}
