import { dashboard } from '../dashboard.mjs';
import { graph, stat } from '../panel.mjs';
import {
  accepted,
  dead,
  eventTime,
  ITEMS,
  lag,
  lateShare,
  NAMESPACE,
  overdueFeeds,
  ROWS,
  TO_PIPELINE,
} from './shapes.mjs';
import { SYSTEMS } from './system-list.mjs';

export const systemDashboards = () => SYSTEMS.map(systemDashboard);

function systemDashboard(system) {
  const { uid, title, about } = system;
  return dashboard({
    uid,
    title,
    about,
    sections: [
      { heading: 'Business', panels: business(system) },
      { heading: 'Are we late?', panels: late(system) },
      { heading: 'Are we losing?', panels: losing(system) },
    ],
  });
}

const business = ({ pipelines, holds, values, flows, closes }) => [
  stat(
    { title: 'Now', about: holds.map(({ name, pipeline }) => `${name}: keys in the state of ${pipeline}`).join('; ') },
    ...holds.map(({ name, pipeline }) => ({
      expr: `sum(millrace_state_keys{${NAMESPACE},pipeline="${pipeline}"})`,
      legend: name,
    })),
  ),
  eventTime(ofPipelines(pipelines), { links: TO_PIPELINE, width: 16 }),
  ...values.map(numbers),
  ...flows.map(({ title, about, pipeline }) =>
    graph(
      { title, about, unit: ROWS, min: 0 },
      {
        expr: `sum by (sink) (rate(millrace_rows_emitted_total{${NAMESPACE},pipeline="${pipeline}"}[$__rate_interval])) or on() vector(0)`,
        legend: '{{sink}}',
      },
    ),
  ),
  graph(
    { title: 'Windows closed', about: 'Rows that are final', unit: ROWS, min: 0, links: TO_PIPELINE },
    {
      expr: `sum by (pipeline) (rate(millrace_windows_closed_total{${NAMESPACE},pipeline=~"${closes}"}[$__rate_interval]))`,
      legend: '{{pipeline}}',
    },
  ),
];

const late = ({ pipelines, feeds }) => [
  accepted(ofPipelines(pipelines)),
  lag(ofPipelines(pipelines), TO_PIPELINE),
  overdueFeeds(`${NAMESPACE},feed=~"${feeds}"`),
];

const losing = ({ pipelines, feeds }) => [
  lateShare(ofPipelines(pipelines), TO_PIPELINE),
  dead(ofPipelines(pipelines)),
  graph(
    { title: 'Items of feeds', about: 'Produced as records, or dropped and why', unit: ITEMS, min: 0 },
    {
      expr: `sum(rate(millrace_feed_records_total{${NAMESPACE},feed=~"${feeds}"}[$__rate_interval]))`,
      legend: 'records',
    },
    {
      expr: `sum by (reason) (rate(millrace_feed_dropped_total{${NAMESPACE},feed=~"${feeds}"}[$__rate_interval]))`,
      legend: '{{reason}}',
    },
  ),
];

const ofPipelines = (pipelines) => `${NAMESPACE},pipeline=~"${pipelines}"`;

/** Two processes may show a key for a moment, while its partition changes hands. */
function numbers({ title, about, unit, pipeline, shows, top, warn, crit }) {
  const queries = shows.map(({ name, legend }) => {
    const byKey = `max by (key, title) (millrace_row_value{${NAMESPACE},pipeline="${pipeline}",name="${name}"})`;
    return { expr: top === undefined ? byKey : `topk(${top}, ${byKey})`, legend };
  });
  return graph({ title, about, unit, warn, crit }, ...queries);
}
