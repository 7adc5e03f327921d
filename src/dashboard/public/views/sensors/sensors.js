import { viewHead } from '../../parts/dom.js';
import { LinesPanel } from '../../parts/lines-panel.js';
import { FollowedPipeline } from '../../model/followed-pipeline.js';
import { runningByName } from '../../model/pipeline-shape.js';
import { AlertsPanel } from './alerts-panel.js';
import { CamerasPanel } from './cameras-panel.js';

/** What sensors measure, when they were beyond a limit, and what cameras see. */
export class SensorsView {
  #closers = [];

  constructor(root, { hub, pipelines }) {
    const running = runningByName(pipelines);
    root.append(viewHead('Sensors', 'Temperature, humidity and pressure; limits and anomalies; cameras.'));
    const add = (name, panel) => {
      if (!running.has(name)) return;
      panel.show(undefined);
      root.append(panel.element);
      const followed = new FollowedPipeline(running.get(name), { hub, onChange: () => panel.show(followed) });
      this.#closers.push(
        () => followed.close(),
        () => panel.close(),
      );
    };
    add('sensors-stats', new LinesPanel(STATS));
    add('sensors-alerts', new AlertsPanel());
    add('cameras-activity', new CamerasPanel());
  }

  close() {
    for (const close of this.#closers) close();
  }

  update() {
    // The rows come by themselves.
  }
}

const STATS = {
  id: 'sensor-stats',
  label: 'Sensors, in five minutes',
  measures: [
    {
      ...{ name: 'temperature', title: 'Temperature, mean of five minutes', unit: '°C' },
      value: ({ temperature }) => temperature,
      high: ({ temperature_max: greatest }) => greatest,
      low: ({ temperature_min: least }) => least,
    },
    { name: 'humidity', title: 'Humidity, mean of five minutes', unit: '%', value: ({ humidity }) => humidity },
    { name: 'pressure', title: 'Pressure, mean of five minutes', unit: 'hPa', value: ({ pressure }) => pressure },
    { name: 'readings', title: 'Readings in five minutes', unit: 'readings', value: ({ readings }) => readings },
  ],
  spans: [
    { windows: 72, text: '72' },
    { windows: 288, text: '288' },
    { windows: undefined, text: 'All' },
  ],
  windowNames: ['window', 'windows'],
  ...{ zone: undefined, isDaily: false, fromZero: false, emptyText: 'No sensor has sent anything yet.' },
};
