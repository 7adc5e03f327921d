import { dashboard } from '../dashboard.mjs';
import { bars, graph, stat } from '../panel.mjs';
import {
  accepted,
  checkpoint,
  dead,
  keysInState,
  lag,
  lateShare,
  NAMESPACE,
  overdueFeeds,
  RECORDS,
  TO_FEEDS,
  TO_PIPELINE,
  triedAgain,
} from './shapes.mjs';

/** All of a deployment: where to begin when something is wrong. */
export function serviceDashboard() {
  return dashboard({
    uid: 'millrace-service',
    title: 'Millrace: service',
    about:
      'Are we late, are we losing, are we slow, are we full? Begin here; pipelines and feeds link to their own pages.',
    sections: [
      { heading: 'Now', panels: now() },
      { heading: 'Are we late?', panels: late() },
      { heading: 'Are we losing?', panels: losing() },
      { heading: 'Are we slow?', panels: slow() },
      { heading: 'Are we full?', panels: full() },
    ],
  });
}

const now = () => [
  stat(
    { title: 'Processes', about: 'That answer, by version', width: 4 },
    { expr: `sum by (version) (millrace_build_info{${NAMESPACE}})`, legend: '{{version}}' },
  ),
  stat(
    { title: 'Processes that do not answer', about: 'MillraceDown', crit: 1, width: 4 },
    { expr: 'count(up{job=~"millrace.*"} == 0) or vector(0)', legend: 'down' },
  ),
  stat(
    { title: 'Alerts', about: 'Of Millrace that fire now', warn: 1, width: 4 },
    { expr: 'count(ALERTS{alertname=~"Millrace.*",alertstate="firing"}) or vector(0)', legend: 'firing' },
  ),
  stat(
    { title: 'Tasks', about: 'By state: one for each partition of each pipeline', width: 8 },
    { expr: `sum by (state) (millrace_tasks{${NAMESPACE}})`, legend: '{{state}}' },
  ),
  stat(
    {
      title: 'Servers away',
      about: 'Kafka, Redis and Cassandra, as the process that sees least of them says',
      crit: 1,
      width: 4,
    },
    {
      expr: `count(min by (dependency) (millrace_dependency_up{${NAMESPACE}}) == 0) or on() vector(0)`,
      legend: 'away',
    },
  ),
];

const late = () => [
  lag(NAMESPACE, TO_PIPELINE),
  graph(
    {
      title: 'Watermark',
      about:
        'How far event time is behind the clock; a line that climbs at the speed of the clock is MillraceWatermarkStalled. Old data is old',
      unit: 's',
      links: TO_PIPELINE,
    },
    { expr: `pipeline:millrace_watermark_lag_seconds:max{${NAMESPACE}}`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'Age of the last checkpoint',
      about: 'MillraceCheckpointTooOld above a minute',
      unit: 's',
      warn: 10,
      crit: 60,
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `pipeline:millrace_checkpoint_age_seconds:max{${NAMESPACE}}`, legend: '{{pipeline}}' },
  ),
  overdueFeeds(NAMESPACE),
  graph(
    {
      title: 'Partitions that nobody reads',
      about: 'MillracePartitionsUnowned after five minutes',
      crit: 1,
      min: 0,
      links: TO_PIPELINE,
    },
    {
      expr: `max by (namespace, pipeline) (millrace_partitions{${NAMESPACE}}) - pipeline:millrace_tasks:sum{${NAMESPACE}}`,
      legend: '{{pipeline}}',
    },
  ),
  graph(
    {
      title: 'Tasks paused',
      about: 'They wait for a server, a schema, a topic, or an operator: MillraceTasksPaused, MillraceSinkFailing',
      warn: 1,
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `sum by (pipeline) (millrace_tasks{${NAMESPACE},state="paused"})`, legend: '{{pipeline}}' },
  ),
];

const losing = () => [
  dead(NAMESPACE),
  lateShare(NAMESPACE, TO_PIPELINE),
  graph(
    { title: 'Tasks failed', about: 'They need an operator: MillraceTaskFailed', crit: 1, min: 0, links: TO_PIPELINE },
    { expr: `sum by (pipeline) (millrace_tasks{${NAMESPACE},state="failed"})`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'Fenced',
      about: 'Tasks dropped for another owner, in ten minutes: MillraceFencedStorm',
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `sum by (pipeline) (increase(millrace_fenced_total{${NAMESPACE}}[10m]))`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'Feeds: items dropped as dead letters',
      about: 'Items of an upstream that became no record',
      unit: RECORDS,
      min: 0,
      links: TO_FEEDS,
    },
    {
      expr: `sum by (feed) (rate(millrace_feed_dropped_total{${NAMESPACE},reason="dead"}[$__rate_interval])) or on() vector(0)`,
      legend: '{{feed}}',
    },
  ),
  graph(
    {
      title: 'Records parked',
      about: 'They wait behind one of their key that could not be processed',
      warn: 1,
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `sum by (pipeline) (millrace_parked_records{${NAMESPACE}})`, legend: '{{pipeline}}' },
  ),
];

const slow = () => [
  accepted(NAMESPACE, { stacked: true }),
  graph(
    {
      title: 'End to end, 99 %',
      about: "From the newest record's timestamp to its rows in all sinks; of old data that is its age",
      unit: 's',
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `pipeline:millrace_end_to_end_seconds:p99_5m{${NAMESPACE}} >= 0`, legend: '{{pipeline}}' },
  ),
  checkpoint(NAMESPACE, TO_PIPELINE),
  triedAgain(NAMESPACE, TO_PIPELINE),
  graph(
    {
      title: 'Rebalances',
      about: 'Changes of the assignment in ten minutes; each stops a pipeline for a moment',
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `sum by (pipeline) (increase(millrace_rebalances_total{${NAMESPACE}}[10m]))`, legend: '{{pipeline}}' },
  ),
  graph(
    { title: 'Event loop lag, 99 %', about: 'How long Node.js was busy with one thing', unit: 's', warn: 0.25, min: 0 },
    {
      expr: `nodejs_eventloop_lag_p99_seconds{${NAMESPACE}} and on (instance, job) millrace_build_info`,
      legend: '{{instance}}',
    },
  ),
];

const full = () => [
  graph(
    {
      title: 'Memory of Redis',
      about: 'Share of maxmemory: MillraceStateNearBound above 90 %; 0 without a bound',
      unit: 'percentunit',
      warn: 0.9,
      min: 0,
    },
    {
      expr: `max by (dependency) (millrace_dependency_memory_bytes{${NAMESPACE}}) / max by (dependency) (millrace_dependency_memory_max_bytes{${NAMESPACE}}) or on() vector(0)`,
      legend: '{{dependency}}',
    },
  ),
  bars(
    {
      title: 'State, share of its bound',
      about: 'MillraceStateNearBound above 90 % for a quarter of an hour',
      unit: 'percentunit',
      warn: 0.75,
      crit: 0.9,
      min: 0,
      max: 1,
      links: TO_PIPELINE,
    },
    {
      expr: `max by (pipeline) (pipeline_instance:millrace_state_fill:ratio{${NAMESPACE}})`,
      legend: '{{pipeline}}',
    },
  ),
  graph(
    { title: 'State in memory', about: 'Of all processes', unit: 'bytes', min: 0, stacked: true, links: TO_PIPELINE },
    { expr: `sum by (pipeline) (millrace_state_bytes{${NAMESPACE}})`, legend: '{{pipeline}}' },
  ),
  keysInState(NAMESPACE, { stacked: true, links: TO_PIPELINE }),
  graph(
    { title: 'Memory', about: 'Resident, and the part that is heap', unit: 'bytes', min: 0 },
    {
      expr: `process_resident_memory_bytes{${NAMESPACE}} and on (instance, job) millrace_build_info`,
      legend: '{{instance}} resident',
    },
    {
      expr: `nodejs_heap_size_used_bytes{${NAMESPACE}} and on (instance, job) millrace_build_info`,
      legend: '{{instance}} heap',
    },
  ),
  graph(
    { title: 'CPU', about: 'Cores in use', unit: 'short', min: 0 },
    {
      expr: `rate(process_cpu_seconds_total{${NAMESPACE}}[$__rate_interval]) and on (instance, job) millrace_build_info`,
      legend: '{{instance}}',
    },
  ),
  graph(
    { title: 'Garbage collection', about: 'Share of time', unit: 'percentunit', min: 0 },
    {
      expr: `sum by (instance, job) (rate(nodejs_gc_duration_seconds_sum{${NAMESPACE}}[$__rate_interval])) and on (instance, job) millrace_build_info`,
      legend: '{{instance}}',
    },
  ),
];
