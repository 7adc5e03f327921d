import { readRows } from './api.js';
import { ChartPanel } from './chart-panel.js';
import { byId, setHidden, setText } from './dom.js';
import { showFigures } from './figures-view.js';
import { count, momentFormat } from './format.js';
import { LiveStream } from './live.js';
import { isDaily, isLive, measuresOf, windowNames, zoneOf } from './pipeline-shape.js';
import { Rates } from './rates.js';
import { RowModel } from './row-model.js';
import { showLatest, showTasks } from './tables-view.js';

const DRAW_MS = 250;
/** How often rows are read anew of a pipeline without a live feed, and after a failure. */
const REREAD_MS = 5_000;
const FEED_TEXT = { live: 'Live', connecting: 'Connecting', away: 'Reconnecting', none: 'Every 5 s, no live feed' };

const chart = new ChartPanel();

/** Everything below the title bar, for one pipeline. */
export class PipelinePage {
  #pipeline;
  #model = new RowModel();
  #rates = new Rates();
  #closing = new AbortController();
  #stream;
  #isReading = false;
  #drawTimer;

  constructor(pipeline) {
    this.#pipeline = pipeline;
    chart.begin(pipeline, this.#model);
    if (isLive(pipeline)) {
      this.#stream = new LiveStream(pipeline.name, {
        onRows: (rows) => this.#merge(rows),
        onRestart: () => void this.#readAll(),
        onState: (state) => showFeed(state),
      });
    } else {
      showFeed('none');
      void this.#readAll();
    }
    this.#draw();
  }

  get name() {
    return this.#pipeline.name;
  }

  close() {
    this.#closing.abort();
    this.#stream?.close();
    clearTimeout(this.#drawTimer);
  }

  /** What the poll of each second brings. */
  update(pipeline) {
    this.#pipeline = pipeline;
    this.#rates.add(pipeline.totals, performance.now());
    setText(byId('name'), pipeline.name);
    setText(byId('description'), pipeline.description ?? '');
    showState(pipeline);
    const zone = zoneOf(pipeline);
    const moment = momentFormat(zone, isDaily(pipeline));
    showFigures(byId('figures'), pipeline, this.#rates, moment);
    showTasks(byId('tasks'), pipeline.tasks, momentFormat(zone, false));
    setText(byId('tasks-subtitle'), `One for each partition of ${pipeline.definition.spec.source.topic}`);
  }

  /** Live rows that come meanwhile are merged by revision, so the order of reading does not matter. */
  async #readAll() {
    if (this.#isReading) return;
    this.#isReading = true;
    let again = !isLive(this.#pipeline);
    try {
      await readRows(this.name, (rows) => this.#merge(rows), this.#closing.signal);
    } catch {
      again = true;
    }
    this.#isReading = false;
    if (this.#closing.signal.aborted) return;
    this.#draw();
    if (again) setTimeout(() => void (this.#closing.signal.aborted || this.#readAll()), REREAD_MS);
  }

  #merge(rows) {
    if (this.#closing.signal.aborted || !this.#model.merge(rows)) return;
    this.#drawTimer ??= setTimeout(() => this.#draw(), DRAW_MS);
  }

  #draw() {
    clearTimeout(this.#drawTimer);
    this.#drawTimer = undefined;
    const pipeline = this.#pipeline;
    chart.show(this.#isReading);
    const [windowName] = windowNames(pipeline);
    const note = showLatest(byId('latest'), {
      model: this.#model,
      measures: measuresOf(pipeline),
      moment: momentFormat(zoneOf(pipeline), isDaily(pipeline)),
      windowName,
    });
    const keys = this.#model.keys().length;
    const subtitle = `The newest ${windowName} of each ${pipeline.key.join(', ')}, ${count(keys)} in all`;
    setText(byId('latest-subtitle'), keys === 0 ? 'Nothing yet' : (note ?? subtitle));
  }
}

function showState({ state, reason, tasks }) {
  const badge = byId('state');
  const running = tasks.filter((task) => task.state === 'running').length;
  const elsewhere = tasks.filter((task) => task.state === 'elsewhere').length;
  const where = elsewhere > 0 ? `, ${elsewhere} elsewhere` : '';
  const dot = Object.assign(document.createElement('span'), { className: 'dot' });
  badge.dataset.state = state;
  badge.replaceChildren(dot, `${state} · ${running} of ${tasks.length} tasks here${where}`);
  const told = reason ?? tasks.find((task) => task.reason)?.reason;
  setText(byId('reason'), told ?? '');
  byId('reason').dataset.state = state;
  setHidden(byId('reason'), told === undefined);
}

function showFeed(state) {
  const feed = byId('feed');
  setHidden(feed, false);
  feed.dataset.state = state;
  setText(byId('feed-text'), FEED_TEXT[state]);
}
