import { h } from '../../parts/dom.js';
import { spark } from '../../parts/figure.js';
import { count, duration, perSecond, roughCount } from '../../parts/format.js';
import { fillTable } from '../../parts/table.js';
import { ratesOf } from '../../model/rates.js';

const columns = [
  {
    title: 'Pipeline',
    kind: 'head',
    cell: ({ name }) => h('a', { href: `#/pipelines/${encodeURIComponent(name)}` }, name),
  },
  { title: 'State', cell: stateCell },
  { title: 'Records/s', kind: 'number', cell: (pipeline) => rateText(ratesOf(pipeline).now()) },
  { title: 'Last minute', kind: 'spark-cell', cell: (pipeline) => spark(ratesOf(pipeline).history) },
  { title: 'Lag', kind: 'number', cell: ({ lagRecords }) => (lagRecords === undefined ? '–' : roughCount(lagRecords)) },
  { title: 'Watermark', hint: 'behind the clock', kind: 'number', cell: behindText },
  { title: 'Late', kind: 'number', cell: ({ totals }) => totals && count(totals.late) },
  { title: 'Dead', kind: 'number', cell: deadCell },
];

/** One line for each pipeline. */
export function fillPipelines(table, pipelines) {
  // A link that has the focus must not be taken away under the hand of its user.
  const focused = document.activeElement?.getAttribute('href');
  const hadFocus = table.contains(document.activeElement);
  fillTable(
    table,
    columns,
    pipelines.map((pipeline) => ({ ...pipeline, attributes: { 'data-state': pipeline.state } })),
  );
  if (hadFocus) [...table.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused)?.focus();
}

function stateCell({ state, reason, tasks = [] }) {
  const running = tasks.filter((task) => task.state === 'running' || task.state === 'elsewhere').length;
  const told = state === 'running' && running < tasks.length ? `${running} of ${tasks.length} tasks run` : state;
  return h('span', { title: reason }, h('span', { class: 'dot', 'aria-hidden': 'true' }), told);
}

const rateText = (rate) => (rate === undefined ? '–' : perSecond(rate));

function behindText({ watermark }) {
  if (!watermark) return '–';
  return duration(Math.max(0, Date.now() - watermark.ms));
}

function deadCell({ name, totals }) {
  if (!totals || totals.dead === 0) return totals && '0';
  return h('a', { href: `#/dead-letters/${encodeURIComponent(name)}`, class: 'bad' }, count(totals.dead));
}
