import { choice, dashboard } from '../dashboard.mjs';
import { bars, graph, stat } from '../panel.mjs';
import { ITEMS, NAMESPACE, RECORDS } from './shapes.mjs';

const F = `${NAMESPACE},feed=~"$feed"`;

/** What comes from outside. */
export function feedsDashboard() {
  return dashboard({
    uid: 'millrace-feeds',
    title: 'Millrace: feeds',
    about: 'Whether each upstream answers, and what becomes of its items',
    variables: [choice('feed', 'label_values(millrace_feed_polls_total{namespace=~"$namespace"}, feed)')],
    sections: [
      { heading: 'Are we late?', panels: late() },
      { heading: 'Are we losing?', panels: losing() },
      { heading: 'Are we slow?', panels: slow() },
    ],
  });
}

const late = () => [
  bars(
    {
      title: 'Overdue',
      about: 'For how long a successful poll has been due. MillraceFeedSilent above five minutes',
      unit: 's',
      warn: 60,
      crit: 300,
      min: 0,
    },
    { expr: `max by (feed) (millrace_feed_overdue_seconds{${F}})`, legend: '{{feed}}' },
  ),
  stat(
    { title: 'Last success', about: 'Of a poll', unit: 'dateTimeFromNow' },
    { expr: `max by (feed) (millrace_feed_last_success_timestamp_seconds{${F}}) * 1000`, legend: '{{feed}}' },
  ),
  graph(
    {
      title: 'Age of the newest record',
      about: 'By its own time: an upstream that answers and has nothing new shows here. Old data is old',
      unit: 's',
    },
    { expr: `max by (feed) (millrace_feed_lag_seconds{${F}})`, legend: '{{feed}}' },
  ),
];

const losing = () => [
  graph(
    { title: 'Polls that failed, by result', about: 'Each is tried again with back-off', unit: 'suffix: /s', min: 0 },
    {
      expr: `sum by (feed, result) (rate(millrace_feed_polls_total{${F},result!~"ok|unchanged"}[$__rate_interval])) or on() vector(0)`,
      legend: '{{feed}} {{result}}',
    },
  ),
  graph(
    {
      title: 'Items dropped, by reason',
      about: 'Repetitions and filtered items are meant to be dropped; dead ones are not',
      unit: ITEMS,
      min: 0,
    },
    {
      expr: `sum by (feed, reason) (rate(millrace_feed_dropped_total{${F}}[$__rate_interval]))`,
      legend: '{{feed}} {{reason}}',
    },
  ),
  graph(
    { title: 'Feeds that nobody runs', about: 'MillraceFeedSilent after five minutes', crit: 1, min: 0 },
    {
      expr: `count(max by (feed) (millrace_feed_enabled{${F}}) unless on (feed) millrace_feed_overdue_seconds) or on() vector(0)`,
      legend: 'feeds',
    },
  ),
];

const slow = () => [
  graph(
    { title: 'Records', about: 'Produced, by feed', unit: RECORDS, min: 0, stacked: true },
    { expr: `sum by (feed) (rate(millrace_feed_records_total{${F}}[$__rate_interval]))`, legend: '{{feed}}' },
  ),
  graph(
    { title: 'Polls by result', about: 'What upstreams answer', unit: 'suffix: /s', min: 0, stacked: true },
    {
      expr: `sum by (result) (rate(millrace_feed_polls_total{${F}}[$__rate_interval]))`,
      legend: '{{result}}',
    },
  ),
  graph(
    { title: 'Records of a poll', about: 'On average', min: 0 },
    {
      expr: `sum by (feed) (rate(millrace_feed_records_total{${F}}[5m])) / (sum by (feed) (rate(millrace_feed_polls_total{${F},result="ok"}[5m])) > 0)`,
      legend: '{{feed}}',
    },
  ),
];
