import { byId, h, setHidden, setText } from '../../parts/dom.js';
import { count, momentFormat } from '../../parts/format.js';
import { LinesPanel } from '../../parts/lines-panel.js';
import { Panel } from '../../parts/panel.js';
import { choice } from '../../parts/segments.js';
import { scrollingTable } from '../../parts/table.js';
import { FollowedPipeline } from '../../model/followed-pipeline.js';
import { linesOfPipeline } from '../../model/pipeline-lines.js';
import { atOf, isDaily, measuresOf, windowNames, zoneOf } from '../../model/pipeline-shape.js';
import { ratesOf } from '../../model/rates.js';
import { showFigures } from './figures.js';
import { showTasks, showLatest } from './tables.js';
import { TopologyPanel } from './topology-panel.js';

/** Everything of one pipeline: figures, chart, latest values, topology, tasks. */
export class PipelineView {
  #pipeline;
  #followed;
  #chart;
  #topology;
  #latest = scrollingTable('Latest values');
  #tasks = scrollingTable('Tasks');
  #latestPanel = new Panel({ title: 'Latest values', body: [this.#latest.region] });
  #tasksPanel = new Panel({ title: 'Tasks', body: [this.#tasks.region] });
  #others = choice('Pipeline', (name) => (location.hash = `#/pipelines/${encodeURIComponent(name)}`));

  constructor(root, { hub, pipelines, argument }) {
    this.#pipeline = pipelines.find(({ name }) => name === argument);
    this.#latest.table.id = 'latest';
    this.#tasks.table.id = 'tasks';
    if (!this.#pipeline || this.#pipeline.state === 'refused') {
      root.append(refusal(argument, this.#pipeline));
      return;
    }
    this.#chart = new LinesPanel({ ...linesOfPipeline(this.#pipeline), id: 'chart-panel' });
    this.#topology = new TopologyPanel(this.#pipeline);
    root.append(
      head(this.#others.element),
      h('p', { id: 'reason', class: 'reason', hidden: true }),
      h('section', { 'aria-label': 'Figures' }, h('dl', { id: 'figures', class: 'figures' })),
      this.#chart.element,
      this.#latestPanel.element,
      this.#topology.element,
      this.#tasksPanel.element,
    );
    this.#followed = new FollowedPipeline(this.#pipeline, { hub, onChange: () => this.#draw() });
    this.update(pipelines);
    this.#draw();
  }

  close() {
    this.#followed?.close();
    this.#chart?.close();
    this.#topology?.close();
  }

  /** What each poll brings. */
  update(pipelines) {
    const pipeline = pipelines.find(({ name }) => name === this.#pipeline?.name);
    if (!pipeline || !this.#followed) return;
    this.#pipeline = pipeline;
    this.#others.offer(
      pipelines.map(({ name }) => ({ value: name, text: name })),
      pipeline.name,
    );
    setText(byId('name'), pipeline.name);
    setText(byId('description'), pipeline.description ?? '');
    showState(pipeline);
    const zone = zoneOf(pipeline);
    const rates = ratesOf(pipeline);
    showFigures(byId('figures'), pipeline, rates, momentFormat(zone, isDaily(pipeline)));
    showTasks(this.#tasks.table, pipeline.tasks, momentFormat(zone, false));
    this.#tasksPanel.subtitle(`One for each partition of ${pipeline.definition.spec.source.topic}`);
    this.#topology.update(pipeline, rates);
  }

  #draw() {
    const pipeline = this.#pipeline;
    const followed = this.#followed;
    this.#chart.show(followed);
    const [windowName] = windowNames(pipeline);
    const keys = followed.model.keys().length;
    this.#latestPanel.follow(followed, keys === 0, 'Nothing yet');
    const note = showLatest(this.#latest.table, {
      model: followed.model,
      measures: measuresOf(pipeline),
      moment: momentFormat(zoneOf(pipeline), isDaily(pipeline)),
      at: atOf(pipeline),
      windowName,
    });
    const subtitle = `The newest ${windowName} of each ${pipeline.key.join(', ')}, ${count(keys)} in all`;
    this.#latestPanel.subtitle(keys === 0 ? '' : (note ?? subtitle));
  }
}

function head(choiceOfPipeline) {
  return h(
    'div',
    { class: 'title' },
    h('div', {}, h('h1', { id: 'name' }), h('p', { id: 'description', class: 'lead' })),
    h('div', { class: 'title-side' }, choiceOfPipeline, h('p', { id: 'state', class: 'state' })),
  );
}

function refusal(name, pipeline) {
  if (!pipeline) {
    return h(
      'section',
      { class: 'notice' },
      h('h1', {}, `There is no pipeline ${name}`),
      h('p', {}, h('a', { href: '#/overview' }, 'See those that there are')),
    );
  }
  const problems = pipeline.problems.map((problem) => h('li', {}, problem.text));
  return h(
    'section',
    { class: 'notice' },
    h('h1', {}, `${name} was refused`),
    h('p', {}, 'It does not run until its definition is put right.'),
    h('ul', { class: 'problems' }, ...problems),
  );
}

function showState({ state, reason, tasks }) {
  const badge = byId('state');
  const running = tasks.filter((task) => task.state === 'running').length;
  const elsewhere = tasks.filter((task) => task.state === 'elsewhere').length;
  const where = elsewhere > 0 ? `, ${elsewhere} elsewhere` : '';
  badge.dataset.state = state;
  badge.replaceChildren(
    h('span', { class: 'dot', 'aria-hidden': 'true' }),
    `${state} · ${running} of ${tasks.length} tasks here${where}`,
  );
  const told = reason ?? tasks.find((task) => task.reason)?.reason;
  setText(byId('reason'), told ?? '');
  byId('reason').dataset.state = state;
  setHidden(byId('reason'), told === undefined);
}
