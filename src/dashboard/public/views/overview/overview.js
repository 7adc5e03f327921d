import { h } from '../../parts/dom.js';
import { figure } from '../../parts/figure.js';
import { Graph } from '../../parts/graph.js';
import { count, perSecond, roughCount } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { scrollingTable } from '../../parts/table.js';
import { ratesOf } from '../../model/rates.js';
import { RowRates } from '../../model/row-rates.js';
import { fillPipelines } from './pipeline-table.js';
import { serviceGraph } from './service-graph.js';

/** What runs, is it late, is it losing: all pipelines at a glance. */
export class OverviewView {
  #figures = h('dl', { class: 'figures' });
  #table = scrollingTable('Pipelines');
  #graph = new Graph('Topology: topics, pipelines, and where their rows go');
  #rowRates = new RowRates();
  #pipelines = new Panel({ title: 'Pipelines', body: [this.#table.region] });
  #topology = new Panel({
    title: 'Topology',
    subtitle: 'Records and rows per second, now',
    body: [this.#graph.element],
  });
  #notice = h('section', { class: 'notice', hidden: true });
  #parts;

  constructor(root, { pipelines }) {
    this.#parts = h(
      'div',
      { class: 'view' },
      h('section', { 'aria-label': 'Figures' }, this.#figures),
      this.#pipelines.element,
      this.#topology.element,
    );
    this.#table.table.id = 'pipeline-table';
    root.append(h('h1', {}, 'Overview'), this.#notice, this.#parts);
    this.update(pipelines);
  }

  close() {
    // It follows nothing.
  }

  update(pipelines) {
    this.#parts.hidden = pipelines.length === 0;
    this.#notice.hidden = pipelines.length > 0;
    if (pipelines.length === 0) {
      this.#notice.replaceChildren(
        h('h2', {}, 'No pipelines'),
        h('p', {}, 'Put a definition into the pipelines folder and start the service again.'),
      );
      return;
    }
    void this.#rowRates.read();
    this.#figures.replaceChildren(...figuresOf(pipelines));
    fillPipelines(this.#table.table, pipelines);
    this.#graph.show(serviceGraph(pipelines, this.#rowRates));
  }
}

function figuresOf(pipelines) {
  const running = pipelines.filter(({ state }) => state === 'running').length;
  const totals = pipelines.flatMap((pipeline) => pipeline.totals ?? []);
  const sum = (of) => totals.reduce((total, counts) => total + of(counts), 0);
  const [late, dead, accepted] = [sum((of) => of.late), sum((of) => of.dead), sum((of) => of.accepted)];
  const rates = pipelines.flatMap((pipeline) => ratesOf(pipeline).now() ?? []);
  const lags = pipelines.flatMap(({ lagRecords }) => lagRecords ?? []);
  const lag = lags.reduce((total, one) => total + one, 0);
  return [
    figure(
      'Running',
      { value: `${running} of ${pipelines.length}`, tone: running < pipelines.length ? 'warn' : undefined },
      running < pipelines.length ? namesOfOthers(pipelines) : 'all pipelines',
    ),
    figure(
      'Throughput',
      { value: rates.length ? perSecond(rates.reduce((total, rate) => total + rate, 0)) : '–', unit: 'records/s' },
      `${roughCount(accepted)} accepted in all`,
    ),
    figure('Lag', { value: lags.length ? roughCount(lag) : '–', unit: 'records' }, lagNote(lags, lag)),
    figure(
      'Lost',
      { value: count(late + dead), tone: dead > 0 ? 'bad' : late > 0 ? 'warn' : undefined },
      late + dead === 0 ? 'nothing' : `${count(late)} late, ${count(dead)} dead letters`,
    ),
  ];
}

function namesOfOthers(pipelines) {
  const others = pipelines.filter(({ state }) => state !== 'running');
  return others
    .slice(0, 2)
    .map(({ name, state }) => `${name}: ${state}`)
    .concat(others.length > 2 ? [`and ${others.length - 2} more`] : [])
    .join(', ');
}

function lagNote(lags, lag) {
  if (lags.length === 0) return 'known where the tasks run';
  return lag === 0 ? 'caught up' : 'records that wait';
}
