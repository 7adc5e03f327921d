import { h } from './dom.js';
import { count, quantity, roughCount } from './format.js';

const MAX_LATEST = 100;

/** The newest window of each key: what the chart says, in text. */
export function showLatest(table, { model, measures, moment, windowName }) {
  const keys = model.keys();
  const head = h(
    'tr',
    {},
    h('th', { scope: 'col' }, 'Key'),
    ...measures.map(measureHead),
    h('th', { scope: 'col' }, capital(windowName)),
    h('th', { scope: 'col' }, 'Window'),
  );
  const rows = keys.slice(0, MAX_LATEST).map((key) => latestRow(key, model.latest(key), { measures, moment }));
  table.replaceChildren(h('thead', {}, head), h('tbody', {}, ...rows));
  return keys.length > MAX_LATEST ? `The first ${MAX_LATEST} of ${count(keys.length)} keys` : undefined;
}

function latestRow(key, entry, { measures, moment }) {
  if (!entry) return h('tr', {}, h('th', { scope: 'row' }, key));
  const { values = {}, final } = entry.row;
  return h(
    'tr',
    { 'data-window': final ? 'closed' : 'open' },
    h('th', { scope: 'row' }, key),
    ...measures.map(({ name }) => h('td', { class: 'number' }, quantity(values[name]))),
    h('td', {}, moment(entry.startMs)),
    h('td', { class: 'quiet' }, h('span', { class: 'dot', 'aria-hidden': 'true' }), final ? 'closed' : 'open'),
  );
}

const measureHead = ({ name, unit }) =>
  h('th', { scope: 'col', class: 'number' }, name, unit ? h('small', {}, unit) : undefined);
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const TASK_COLUMNS = [
  'Partition',
  'State',
  'Owner',
  'Epoch',
  'Next offset',
  'Lag',
  'Accepted',
  'Late',
  'Dead',
  'Watermark',
];
const TEXT_COLUMNS = new Set(['Partition', 'State', 'Owner', 'Watermark']);

export function showTasks(table, tasks, moment) {
  const head = TASK_COLUMNS.map((name) =>
    h('th', { scope: 'col', class: TEXT_COLUMNS.has(name) ? undefined : 'number' }, name),
  );
  table.replaceChildren(
    h('thead', {}, h('tr', {}, ...head)),
    h('tbody', {}, ...tasks.map((task) => taskRow(task, moment))),
  );
}

function taskRow(task, moment) {
  const number = (value) => h('td', { class: 'number' }, value === undefined ? '–' : count(Number(value)));
  return h(
    'tr',
    { 'data-state': task.state },
    h('th', { scope: 'row' }, String(task.partition)),
    h('td', { title: task.reason }, h('span', { class: 'dot', 'aria-hidden': 'true' }), stateText(task)),
    h('td', { class: 'quiet' }, task.owner ?? '–'),
    number(task.epoch),
    number(task.nextOffset),
    h('td', { class: 'number' }, task.lagRecords === undefined ? '–' : roughCount(task.lagRecords)),
    number(task.counts?.accepted),
    number(task.counts?.late),
    number(task.counts?.dead),
    h('td', {}, task.watermark ? moment(task.watermark.ms) : '–'),
  );
}

const stateText = ({ state, reason }) => (reason && state !== 'running' ? `${state}: ${reason}` : state);
