import { viewHead } from '../../parts/dom.js';
import { FollowedPipeline } from '../../model/followed-pipeline.js';
import { runningByName } from '../../model/pipeline-shape.js';
import { AnomaliesPanel } from './anomalies-panel.js';
import { ErrorsPanel } from './errors-panel.js';
import { PredictionsPanel } from './predictions-panel.js';

const PANELS = [
  ['pm25-predictions', PredictionsPanel],
  ['pm25-forecast', ErrorsPanel],
  ['pm25-anomalies', AnomaliesPanel],
];

/** A model that learns as readings come: what it predicted beside what was read, and how wrong it has been. */
export class ModelView {
  #closers = [];

  constructor(root, { hub, pipelines }) {
    const running = runningByName(pipelines);
    root.append(viewHead('Model', 'It predicts the next hour of each post, then learns from what was read.'));
    for (const [name, PanelClass] of PANELS.filter(([one]) => running.has(one))) {
      const panel = new PanelClass();
      root.append(panel.element);
      const followed = new FollowedPipeline(running.get(name), { hub, onChange: () => panel.show(followed) });
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
