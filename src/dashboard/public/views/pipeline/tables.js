import { h } from '../../parts/dom.js';
import { count, quantity, roughCount } from '../../parts/format.js';
import { fillTable } from '../../parts/table.js';

const MAX_LATEST = 100;

/** The newest window of each key: what the chart says, in text. Returns a note when there are more keys. */
export function showLatest(table, { model, measures, moment, windowName, at = ({ startMs }) => startMs }) {
  const keys = model.keys();
  const rows = keys.slice(0, MAX_LATEST).flatMap((key) => {
    const entry = model.latest(key);
    return entry ? [{ ...entry, attributes: { 'data-window': entry.row.final ? 'closed' : 'open' } }] : [];
  });
  fillTable(
    table,
    [
      { title: 'Key', kind: 'head', cell: ({ key }) => key },
      ...valueColumns(measures, rows),
      ...timeColumns({ moment, windowName, at }, rows),
    ],
    rows,
  );
  return keys.length > MAX_LATEST ? `The first ${MAX_LATEST} of ${count(keys.length)} keys` : undefined;
}

/** A pipeline without aggregates shows the values that its rows have. */
function valueColumns(measures, rows) {
  const shown = measures.length ? measures : Object.keys(rows[0]?.row.values ?? {}).map((name) => ({ name }));
  return shown.map(({ name, unit }) => ({
    title: name,
    hint: unit,
    kind: 'number',
    cell: ({ row }) => quantity(row.values?.[name]),
  }));
}

function timeColumns({ moment, windowName, at }, rows) {
  if (!rows.some(({ row }) => row.window)) return [];
  return [
    { title: capital(windowName), cell: (entry) => moment(at(entry)) },
    { title: 'Window', kind: 'quiet', cell: ({ row }) => h('span', {}, dot(), row.final ? 'closed' : 'open') },
  ];
}

const dot = () => h('span', { class: 'dot', 'aria-hidden': 'true' });
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const number = (value) => (value === undefined ? '–' : count(Number(value)));

export function showTasks(table, tasks, moment) {
  const columns = [
    { title: 'Partition', kind: 'head', cell: ({ partition }) => String(partition) },
    { title: 'State', cell: (task) => h('span', { title: task.reason }, dot(), stateText(task)) },
    { title: 'Owner', kind: 'quiet', cell: ({ owner }) => owner },
    { title: 'Epoch', kind: 'number', cell: ({ epoch }) => number(epoch) },
    { title: 'Next offset', kind: 'number', cell: ({ nextOffset }) => number(nextOffset) },
    {
      title: 'Lag',
      kind: 'number',
      cell: ({ lagRecords }) => (lagRecords === undefined ? '–' : roughCount(lagRecords)),
    },
    { title: 'Accepted', kind: 'number', cell: ({ counts }) => number(counts?.accepted) },
    { title: 'Late', kind: 'number', cell: ({ counts }) => number(counts?.late) },
    { title: 'Dead', kind: 'number', cell: ({ counts }) => number(counts?.dead) },
    { title: 'Watermark', cell: ({ watermark }) => (watermark ? moment(watermark.ms) : '–') },
  ];
  fillTable(
    table,
    columns,
    tasks.map((task) => ({ ...task, attributes: { 'data-state': task.state } })),
  );
}

const stateText = ({ state, reason }) => (reason && state !== 'running' ? `${state}: ${reason}` : state);
