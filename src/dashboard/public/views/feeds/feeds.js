import { h, viewHead } from '../../parts/dom.js';
import { count, duration } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { fillTable, scrollingTable } from '../../parts/table.js';
import { getJson } from '../../net/api.js';

const POLL_MS = 2_000;

/** Where records come from, when, and how it went the last time. */
export class FeedsView {
  #table = scrollingTable('Feeds');
  #panel = new Panel({ id: 'feed-list', title: 'Feeds', body: [this.#table.region] });
  #problems = h('ul', { class: 'problems', 'aria-label': 'Files that were refused', hidden: true });
  #closing = new AbortController();
  #timer;

  constructor(root) {
    root.append(viewHead('Feeds', 'What brings records into the topics.'), this.#problems, this.#panel.element);
    this.#panel.state('loading', 'Reading…');
    void this.#poll();
  }

  close() {
    this.#closing.abort();
    clearTimeout(this.#timer);
  }

  update() {
    // It asks by itself: feeds are another list.
  }

  async #poll() {
    try {
      this.#show(await getJson('/v1/feeds', this.#closing.signal));
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#panel.state('error', error.message);
    }
    if (!this.#closing.signal.aborted) this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
  }

  #show({ feeds, problems = [] }) {
    this.#problems.hidden = problems.length === 0;
    this.#problems.replaceChildren(
      ...problems.map(({ file, line, column, message }) => h('li', {}, `${file}:${line}:${column}: ${message}`)),
    );
    this.#panel.state(feeds.length === 0 ? 'empty' : 'ready', 'No feed is defined.');
    const rows = feeds.map((feed) => ({ ...feed, attributes: { 'data-state': feed.state } }));
    fillTable(this.#table.table, COLUMNS, rows);
  }
}

const COLUMNS = [
  { title: 'Feed', kind: 'head', cell: ({ name, description }) => h('span', { title: description }, name) },
  { title: 'State', kind: 'wrap', cell: stateCell },
  { title: 'Topic', cell: ({ topic }) => topic },
  { title: 'When', cell: ({ when }) => when },
  { title: 'Last success', cell: ({ status }) => agoText(status?.lastSuccessAt) },
  { title: 'Records', kind: 'number', cell: ({ status }) => countText(status?.counts?.records) },
  { title: 'Twice', kind: 'number', cell: ({ status }) => countText(status?.counts?.duplicates) },
  { title: 'Dead', kind: 'number', cell: ({ status }) => countText(status?.counts?.dead) },
  { title: 'From', kind: 'quiet wrap', cell: ({ from }) => from },
];

function stateCell({ state, status }) {
  const text = state === 'failing' && status?.reason ? `failing: ${status.reason}` : state;
  return h('span', {}, h('span', { class: 'dot', 'aria-hidden': 'true' }), text);
}

const countText = (value) => (value === undefined ? '–' : count(value));
const agoText = (time) => (time ? `${duration(Math.max(0, Date.now() - Date.parse(time)))} ago` : '–');
