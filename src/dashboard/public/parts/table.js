import { h } from './dom.js';

/**
 * Fills a table. `columns`: title, `cell(row)` gives text or an element, `kind` is `number`, `quiet` or `head` (names the
 * row), `hint` stands below the title.
 */
export function fillTable(table, columns, rows) {
  const head = columns.map(({ title, kind, hint }) =>
    h('th', { scope: 'col', class: kind === 'number' && 'number' }, title, hint ? h('small', {}, hint) : undefined),
  );
  table.replaceChildren(
    h('thead', {}, h('tr', {}, ...head)),
    h(
      'tbody',
      {},
      ...rows.map((row) => h('tr', row.attributes ?? {}, ...columns.map((column) => cellOf(column, row)))),
    ),
  );
}

function cellOf({ kind, cell }, row) {
  const content = cell(row) ?? '–';
  if (kind === 'head') return h('th', { scope: 'row' }, content);
  return h('td', { class: kind }, content);
}

/** A table that may be wider than the page, in a region that scrolls and can be reached by keyboard. The panel around it has the
 * label's own name, so the region is called something else. */
export function scrollingTable(label) {
  const table = h('table');
  const region = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${label}: table` }, table);
  return { table, region };
}
