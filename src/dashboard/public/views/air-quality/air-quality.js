import { viewHead } from '../../parts/dom.js';
import { LinesPanel } from '../../parts/lines-panel.js';
import { Panel } from '../../parts/panel.js';
import { FollowedPipeline } from '../../model/followed-pipeline.js';
import { linesOfPipeline } from '../../model/pipeline-lines.js';
import { atOf, latestQuery, runningByName, zoneOf } from '../../model/pipeline-shape.js';
import { postTiles } from './post-tiles.js';

const HOUR_MS = 3_600_000;
/** As far back as the longest span of hours, and a day. */
const HOURS_MS = 91 * 24 * HOUR_MS;
const HOURS = [
  { windows: 72, text: '3 days' },
  { windows: 336, text: '2 weeks' },
  { windows: 2_160, text: '90 days' },
];

/** The air at each post: now, by hour and by day. */
export class AirQualityView {
  #closers = [];

  constructor(root, { hub, pipelines }) {
    const running = runningByName(pipelines);
    const daily = running.get('air-quality-daily');
    const zone = daily && !atOf(daily) ? zoneOf(daily) : undefined;
    root.append(viewHead('Air quality', 'PM2.5 of the monitoring posts and its US air quality index.'));
    const follow = (pipeline, onChange, options = {}) => {
      const followed = new FollowedPipeline(pipeline, { hub, onChange, ...options });
      this.#closers.push(() => followed.close());
    };
    const now = running.get('air-quality-live');
    if (now) root.append(this.#now(now, zone, follow));
    if (daily) root.append(this.#lines(daily, linesOfPipeline(daily), follow));
    const hourly = running.get('air-quality-hourly-aqi');
    if (hourly) root.append(this.#lines(hourly, hourlyLines(zone), follow, latestOf(hourly)));
    const reporting = running.get('air-quality-reporting');
    if (reporting) root.append(this.#lines(reporting, reportingLines(zone), follow, latestOf(reporting)));
  }

  close() {
    for (const close of this.#closers) close();
  }

  update() {
    // The rows come by themselves.
  }

  #now(pipeline, zone, follow) {
    const panel = new Panel({
      title: 'Now',
      subtitle: 'The newest reading of each post, the worst first',
      id: 'air-now',
    });
    panel.follow(undefined, true);
    follow(pipeline, (followed) => {
      const rows = followed.model.latestRows();
      panel.follow(followed, rows.length === 0, 'No post has reported yet.');
      panel.body(postTiles(rows, zone));
    });
    return panel.element;
  }

  #lines(pipeline, options, follow, rows = {}) {
    const lines = new LinesPanel(options);
    this.#closers.push(() => lines.close());
    lines.show(undefined);
    follow(pipeline, (followed) => lines.show(followed), rows);
    return lines.element;
  }
}

const latestOf = (pipeline) => ({ query: latestQuery(pipeline, HOURS_MS) });

function hourlyLines(zone) {
  return {
    id: 'air-hourly',
    label: 'Air quality index by hour',
    measures: [
      { name: 'AQI', title: 'Air quality index by hour', unit: 'AQI of the NowCast', value: ({ air }) => air?.aqi },
      { name: 'NowCast', title: 'NowCast of PM2.5 by hour', unit: 'µg/m³', value: ({ air }) => air?.nowcast },
    ],
    spans: HOURS,
    windowNames: ['hour', 'hours'],
    // The window is the twelve hours of the NowCast, and ends with the hour that it is for.
    at: ({ endMs }) => endMs - HOUR_MS,
    ...{ zone, isDaily: false, emptyText: 'No hour is over yet.' },
  };
}

function reportingLines(zone) {
  return {
    id: 'air-reporting',
    label: 'Posts that reported, by hour',
    measures: [
      { name: 'posts', title: 'Posts that reported, by hour', unit: 'posts', value: ({ posts }) => posts },
      { name: 'readings', title: 'Readings by hour', unit: 'readings', value: ({ readings }) => readings },
    ],
    spans: HOURS,
    windowNames: ['hour', 'hours'],
    ...{ zone, isDaily: false, emptyText: 'No post has reported yet.' },
  };
}
