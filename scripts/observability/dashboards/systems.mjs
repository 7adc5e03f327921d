import { dashboard } from '../dashboard.mjs';
import { graph, stat } from '../panel.mjs';

const N = 'namespace=~"$namespace"';
const RECORDS = 'suffix: records/s';
const TO_PIPELINE = [
  { title: 'This pipeline', url: '/d/millrace-pipeline?var-pipeline=${__field.labels.pipeline}&${__url_time_range}' },
];

/**
 * A system as those see it who use it. `pipelines` and `feeds` are regular expressions; `holds` are numbers of keys in
 * state; `values` are what `metrics` sinks show; `flows` are rows per second of one pipeline; `closes` has the pipelines whose
 * windows close.
 */
const SYSTEMS = [
  {
    uid: 'millrace-air-quality',
    title: 'Millrace: air quality',
    about: 'Readings of PM2.5, their daily means and indices, and the models that forecast them',
    pipelines: 'air-quality-.*|pm25-.*',
    feeds: 'airnow-.*',
    holds: [
      { name: 'posts', pipeline: 'air-quality-live' },
      { name: 'models', pipeline: 'pm25-forecast' },
      { name: 'open days', pipeline: 'air-quality-daily' },
    ],
    values: [
      { title: 'PM2.5', about: 'Newest reading of each post, µg/m³', pipeline: 'air-quality-live', name: 'pm25' },
      { title: 'Air quality index', about: 'US index of the NowCast of each post', pipeline: 'air-quality-live', name: 'aqi', warn: 100, crit: 200 },
      { title: 'Error of forecasts', about: 'Mean absolute error of the model of each post, µg/m³', pipeline: 'pm25-forecast', name: 'mae' },
    ],
    flows: [
      {
        title: 'Forecasts',
        about: 'Predictions of the next hour that were put beside what was read',
        pipeline: 'pm25-predictions',
      },
      {
        title: 'Anomalies and drifts',
        about: 'Hours that were far from what the model predicted',
        pipeline: 'pm25-anomalies',
      },
    ],
    closes: 'air-quality-daily|air-quality-hourly-aqi|air-quality-reporting',
  },
  {
    uid: 'millrace-crypto',
    title: 'Millrace: crypto prices',
    about: 'Prices of coins, their candles, and how they moved in 24 hours',
    pipelines: 'crypto-.*',
    feeds: 'coinlore-.*',
    holds: [
      { name: 'coins', pipeline: 'crypto-change-24h' },
      { name: 'movers', pipeline: 'crypto-movers' },
      { name: 'open candles of a minute', pipeline: 'crypto-candles-1m' },
    ],
    values: [
      { title: 'Prices', about: 'Of the ten dearest coins, USD', pipeline: 'crypto-change-24h', name: 'price_usd', top: 10 },
      { title: 'Risers', about: 'Change in 24 hours, percent, of the ten that rose most', pipeline: 'crypto-change-24h', name: 'change_percent', top: 10 },
    ],
    flows: [
      { title: 'Prices', about: 'Each price once, as it was polled', pipeline: 'crypto-prices' },
      { title: 'Changes of 24 hours', about: 'Rows that go on to the movers', pipeline: 'crypto-change-24h' },
    ],
    closes: 'crypto-candles-.*',
  },
  {
    uid: 'millrace-sensors',
    title: 'Millrace: sensors and cameras',
    about: 'Readings of sensors, what is beyond their limits or unusual, and frames of cameras',
    pipelines: 'sensors-.*|cameras-.*',
    feeds: 'sensor-.*|camera-.*',
    holds: [
      { name: 'sensors', pipeline: 'sensors-watch' },
      { name: 'open windows of sensors', pipeline: 'sensors-stats' },
      { name: 'cameras online', pipeline: 'cameras-online' },
    ],
    values: [
      { title: 'Temperature', about: 'Newest reading of each sensor', pipeline: 'sensors-watch', name: 'temperature' },
      { title: 'Motion', about: 'Of each camera in its newest ten seconds', pipeline: 'cameras-activity', name: 'motion' },
    ],
    flows: [
      {
        title: 'Alerts',
        about: 'Minutes in which a sensor was beyond a limit, or read something unusual',
        pipeline: 'sensors-alerts',
      },
      { title: 'Frames', about: 'Newest frames that were stored', pipeline: 'cameras-latest' },
    ],
    closes: 'sensors-stats|sensors-alerts|cameras-activity|cameras-online',
  },
  {
    uid: 'millrace-users',
    title: 'Millrace: users',
    about: 'Users who sign up, by country, age and gender',
    pipelines: 'users-.*',
    feeds: 'randomuser',
    holds: [
      { name: 'countries in open hours', pipeline: 'users-by-country' },
      { name: 'age bands in open hours', pipeline: 'users-by-age' },
      { name: 'genders in open hours', pipeline: 'users-by-gender' },
    ],
    values: [
      { title: 'Users by country', about: 'Of the newest hour, the ten countries with most', pipeline: 'users-by-country', name: 'users', top: 10 },
    ],
    flows: [
      { title: 'Sign-ups', about: 'Users stored', pipeline: 'users-created' },
      { title: 'By country', about: 'Rows that changed', pipeline: 'users-by-country' },
    ],
    closes: 'users-by-.*',
  },
  {
    uid: 'millrace-reading',
    title: 'Millrace: reading platform',
    about: 'Pages that students read, their chapters, sessions and mistakes',
    pipelines: 'reading-.*',
    feeds: 'reading-.*',
    holds: [
      { name: 'chapters of students', pipeline: 'reading-chapters' },
      { name: 'students in a session', pipeline: 'reading-sessions' },
      { name: 'chapters with mistakes', pipeline: 'reading-mistakes' },
    ],
    values: [
      { title: 'Mistakes', about: 'Of the newest month, the ten chapters with most', pipeline: 'reading-mistakes', name: 'mistakes', top: 10 },
    ],
    flows: [
      { title: 'Pages', about: 'Pages stored in the log', pipeline: 'reading-log' },
      { title: 'Chapters', about: 'Rows that changed', pipeline: 'reading-chapters' },
    ],
    closes: 'reading-sessions|reading-mistakes',
  },
];

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
      expr: `sum(millrace_state_keys{${N},pipeline="${pipeline}"})`,
      legend: name,
    })),
  ),
  stat(
    {
      title: 'Event time reached',
      about: 'The watermark of the partition that is furthest behind',
      unit: 'dateTimeAsIso',
      width: 16,
      links: TO_PIPELINE,
    },
    {
      expr: `(time() - pipeline:millrace_watermark_lag_seconds:max{${N},pipeline=~"${pipelines}"}) * 1000`,
      legend: '{{pipeline}}',
    },
  ),
  ...values.map(({ title, about, pipeline, name, top, warn, crit }) =>
    graph(
      { title, about, warn, crit },
      { expr: newest(`millrace_row_value{${N},pipeline="${pipeline}",name="${name}"}`, top), legend: '{{key}}' },
    ),
  ),
  ...flows.map(({ title, about, pipeline }) =>
    graph(
      { title, about, unit: 'suffix: rows/s', min: 0 },
      {
        expr: `sum by (sink) (rate(millrace_rows_emitted_total{${N},pipeline="${pipeline}"}[$__rate_interval])) or on() vector(0)`,
        legend: '{{sink}}',
      },
    ),
  ),
  graph(
    { title: 'Windows closed', about: 'Rows that are final', unit: 'suffix: rows/s', min: 0, links: TO_PIPELINE },
    {
      expr: `sum by (pipeline) (rate(millrace_windows_closed_total{${N},pipeline=~"${closes}"}[$__rate_interval]))`,
      legend: '{{pipeline}}',
    },
  ),
];

const late = ({ pipelines, feeds }) => [
  graph(
    { title: 'Records', about: 'Accepted', unit: RECORDS, min: 0, links: TO_PIPELINE },
    {
      expr: `pipeline_result:millrace_records:rate5m{${N},pipeline=~"${pipelines}",result="accepted"}`,
      legend: '{{pipeline}}',
    },
  ),
  graph(
    { title: 'Lag', about: 'Records not yet processed', warn: 1000, min: 0, links: TO_PIPELINE },
    { expr: `pipeline:millrace_consumer_lag_records:sum{${N},pipeline=~"${pipelines}"}`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'Feeds overdue',
      about: 'For how long a successful poll has been due',
      unit: 's',
      warn: 60,
      crit: 300,
      min: 0,
    },
    { expr: `max by (feed) (millrace_feed_overdue_seconds{${N},feed=~"${feeds}"})`, legend: '{{feed}}' },
  ),
];

const losing = ({ pipelines, feeds }) => [
  graph(
    {
      title: 'Late',
      about: 'Share of records whose every window had closed',
      unit: 'percentunit',
      warn: 0.01,
      min: 0,
      links: TO_PIPELINE,
    },
    {
      expr: `pipeline:millrace_late_records:ratio15m{${N},pipeline=~"${pipelines}"} > 0 or on() vector(0)`,
      legend: '{{pipeline}}',
    },
  ),
  graph(
    { title: 'Dead letters', about: 'Records that cannot be processed', unit: RECORDS, min: 0, links: TO_PIPELINE },
    {
      expr: `pipeline_result:millrace_records:rate5m{${N},pipeline=~"${pipelines}",result="dead"}`,
      legend: '{{pipeline}}',
    },
  ),
  graph(
    { title: 'Items of feeds', about: 'Produced as records, or dropped and why', unit: 'suffix: items/s', min: 0 },
    { expr: `sum(rate(millrace_feed_records_total{${N},feed=~"${feeds}"}[$__rate_interval]))`, legend: 'records' },
    {
      expr: `sum by (reason) (rate(millrace_feed_dropped_total{${N},feed=~"${feeds}"}[$__rate_interval]))`,
      legend: '{{reason}}',
    },
  ),
];

function newest(values, top) {
  const byKey = `max by (key) (${values})`;
  return top === undefined ? byKey : `topk(${top}, ${byKey})`;
}
