import { h, viewHead } from '../../parts/dom.js';
import { FollowedPipeline } from '../../model/followed-pipeline.js';
import { runningByName } from '../../model/pipeline-shape.js';
import { ChaptersPanel } from './chapters-panel.js';
import { MistakesPanel } from './mistakes-panel.js';
import { SessionsPanel } from './sessions-panel.js';

const PANELS = [
  ['reading-sessions', SessionsPanel],
  ['reading-chapters', ChaptersPanel],
  ['reading-mistakes', MistakesPanel],
];
/** A page is for looking at some; the tables hold all. */
const MAX_PAGES = 5;

/** How students read: sessions, chapters, and the words that they get wrong. */
export class ReadingView {
  #followed = [];

  constructor(root, { hub, pipelines }) {
    const running = runningByName(pipelines);
    const panels = PANELS.filter(([name]) => running.has(name)).map(([name, PanelClass]) => {
      const panel = new PanelClass();
      const options = { hub, maxPages: MAX_PAGES, onChange: (followed) => panel.show(followed) };
      this.#followed.push(new FollowedPipeline(running.get(name), options));
      return panel.element;
    });
    const [first, ...rest] = panels;
    root.append(
      viewHead('Reading', 'What students read, how well, and what they get wrong.'),
      ...(first ? [first] : []),
      h('div', { class: 'columns' }, ...rest),
    );
  }

  close() {
    for (const followed of this.#followed) followed.close();
  }

  update() {
    // The rows come by themselves.
  }
}
