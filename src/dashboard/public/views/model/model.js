import { viewHead } from '../../parts/dom.js';
import { FollowedPipeline } from '../../model/followed-pipeline.js';
import { latestQuery, runningByName } from '../../model/pipeline-shape.js';
import { AnomaliesPanel } from './anomalies-panel.js';
import { ErrorsPanel } from './errors-panel.js';
import { PredictionsPanel } from './predictions-panel.js';

/** As far back as the longest span of predictions, and a day. */
const PREDICTIONS_MS = 91 * 86_400_000;
const PANELS = [
  ['pm25-predictions', PredictionsPanel, PREDICTIONS_MS],
  ['pm25-forecast', ErrorsPanel],
  ['pm25-anomalies', AnomaliesPanel],
];

/** A model that learns as readings come: what it predicted beside what was read, and how wrong it has been. */
export class ModelView {
  #closers = [];

  constructor(root, { hub, pipelines }) {
    const running = runningByName(pipelines);
    root.append(viewHead('Model', 'It predicts the next hour of each post, then learns from what was read.'));
    for (const [name, PanelClass, spanMs] of PANELS.filter(([one]) => running.has(one))) {
      const panel = new PanelClass();
      root.append(panel.element);
      const query = spanMs === undefined ? {} : latestQuery(running.get(name), spanMs);
      const followed = new FollowedPipeline(running.get(name), { hub, query, onChange: () => panel.show(followed) });
      this.#closers.push(
        () => followed.close(),
        () => panel.close(),
      );
    }
  }

  close() {
    for (const close of this.#closers) close();
  }

  update() {
    // The rows come by themselves.
  }
}
