import { h, viewHead } from '../../parts/dom.js';
import { LinesPanel } from '../../parts/lines-panel.js';
import { FollowedPipeline } from '../../model/followed-pipeline.js';
import { runningByName } from '../../model/pipeline-shape.js';
import { GroupsPanel } from './groups-panel.js';

const GROUPS = [
  { pipeline: 'users-by-country', title: 'By country', id: 'users-country' },
  { pipeline: 'users-by-age', title: 'By age', id: 'users-age', inOrder: true },
  { pipeline: 'users-by-gender', title: 'By gender', id: 'users-gender' },
];
const OVER_TIME = 'users-by-country';

/** Who signed up: by country, age and gender, now and over time. */
export class UsersView {
  #closers = [];

  constructor(root, { hub, pipelines }) {
    const running = runningByName(pipelines);
    const shown = GROUPS.filter(({ pipeline }) => running.has(pipeline));
    const columns = h('div', { class: 'columns' });
    const lines = running.has(OVER_TIME) ? new LinesPanel(COUNTRIES_OVER_TIME) : undefined;
    root.append(
      viewHead('Users', 'Who signed up. Personal fields, such as names and addresses, are not shown.'),
      ...(lines ? [lines.element] : []),
      columns,
    );
    if (lines) {
      this.#closers.push(() => lines.close());
      lines.show(undefined);
    }
    for (const { pipeline, ...options } of shown) {
      const panel = new GroupsPanel(options);
      columns.append(panel.element);
      const onChange = (followed) => {
        panel.show(followed);
        if (pipeline === OVER_TIME) lines.show(followed);
      };
      const followed = new FollowedPipeline(running.get(pipeline), { hub, onChange });
      this.#closers.push(() => followed.close());
    }
  }

  close() {
    for (const close of this.#closers) close();
  }

  update() {
    // The rows come by themselves.
  }
}

const COUNTRIES_OVER_TIME = {
  id: 'users-time',
  label: 'Users who signed up, by country and hour',
  measures: [
    { name: 'users', title: 'Signed up by hour', unit: 'users', value: ({ users }) => users },
    { name: 'mean age', title: 'Mean age by hour', unit: 'years', value: ({ mean_age: age }) => age },
  ],
  spans: [
    { windows: 24, text: '24 hours' },
    { windows: 168, text: '7 days' },
    { windows: undefined, text: 'All' },
  ],
  windowNames: ['hour', 'hours'],
  ...{ zone: undefined, isDaily: false, emptyText: 'Nobody has signed up yet.' },
};
