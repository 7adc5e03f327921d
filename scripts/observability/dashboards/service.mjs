import { dashboard } from '../dashboard.mjs';
import { bars, graph, stat } from '../panel.mjs';

const N = 'namespace=~"$namespace"';
const RECORDS = 'suffix: records/s';
const TO_PIPELINE = [
  { title: 'This pipeline', url: '/d/millrace-pipeline?var-pipeline=${__field.labels.pipeline}&${__url_time_range}' },
];
const TO_FEEDS = [{ title: 'This feed', url: '/d/millrace-feeds?var-feed=${__field.labels.feed}&${__url_time_range}' }];

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
    { expr: `sum by (version) (millrace_build_info{${N}})`, legend: '{{version}}' },
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
    { expr: `sum by (state) (millrace_tasks{${N}})`, legend: '{{state}}' },
  ),
  stat(
    {
      title: 'Servers away',
      about: 'Kafka, Redis and Cassandra, as the process that sees least of them says',
      crit: 1,
      width: 4,
    },
    { expr: `count(min by (dependency) (millrace_dependency_up{${N}}) == 0) or on() vector(0)`, legend: 'away' },
  ),
];

const late = () => [
  graph(
    {
      title: 'Lag',
      about: 'Records not yet processed. MillraceLagGrowing from 1,000 on',
      warn: 1000,
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `pipeline:millrace_consumer_lag_records:sum{${N}}`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'Watermark',
      about:
        'How far event time is behind the clock; a line that climbs at the speed of the clock is MillraceWatermarkStalled. Old data is old',
      unit: 's',
      links: TO_PIPELINE,
    },
    { expr: `pipeline:millrace_watermark_lag_seconds:max{${N}}`, legend: '{{pipeline}}' },
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
    { expr: `pipeline:millrace_checkpoint_age_seconds:max{${N}}`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'Feeds overdue',
      about: 'For how long a successful poll has been due. MillraceFeedSilent above five minutes',
      unit: 's',
      warn: 60,
      crit: 300,
      min: 0,
      links: TO_FEEDS,
    },
    { expr: `max by (feed) (millrace_feed_overdue_seconds{${N}})`, legend: '{{feed}}' },
  ),
  graph(
    {
      title: 'Partitions that nobody reads',
      about: 'MillracePartitionsUnowned after five minutes',
      crit: 1,
      min: 0,
      links: TO_PIPELINE,
    },
    {
      expr: `max by (namespace, pipeline) (millrace_partitions{${N}}) - pipeline:millrace_tasks:sum{${N}}`,
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
    { expr: `sum by (pipeline) (millrace_tasks{${N},state="paused"})`, legend: '{{pipeline}}' },
  ),
];

const losing = () => [
  graph(
    {
      title: 'Dead letters',
      about: 'Records that cannot be processed: MillraceDeadLetters',
      unit: RECORDS,
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `pipeline_result:millrace_records:rate5m{${N},result="dead"}`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'Late',
      about: 'Share of records whose every window had closed. MillraceLateRecords above 1 %',
      unit: 'percentunit',
      warn: 0.01,
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `pipeline:millrace_late_records:ratio15m{${N}} > 0 or on() vector(0)`, legend: '{{pipeline}}' },
  ),
  graph(
    { title: 'Tasks failed', about: 'They need an operator: MillraceTaskFailed', crit: 1, min: 0, links: TO_PIPELINE },
    { expr: `sum by (pipeline) (millrace_tasks{${N},state="failed"})`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'Fenced',
      about: 'Tasks dropped for another owner, in ten minutes: MillraceFencedStorm',
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `sum by (pipeline) (increase(millrace_fenced_total{${N}}[10m]))`, legend: '{{pipeline}}' },
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
      expr: `sum by (feed) (rate(millrace_feed_dropped_total{${N},reason="dead"}[$__rate_interval])) or on() vector(0)`,
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
    { expr: `sum by (pipeline) (millrace_parked_records{${N}})`, legend: '{{pipeline}}' },
  ),
];

const slow = () => [
  graph(
    { title: 'Records', about: 'Accepted', unit: RECORDS, min: 0, stacked: true, links: TO_PIPELINE },
    { expr: `pipeline_result:millrace_records:rate5m{${N},result="accepted"}`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'End to end, 99 %',
      about: "From the newest record's timestamp to its rows in all sinks; of old data that is its age",
      unit: 's',
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `pipeline:millrace_end_to_end_seconds:p99_5m{${N}} >= 0`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'Checkpoint, 99 %',
      about: 'Rows acknowledged by all sinks, state committed',
      unit: 's',
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `pipeline:millrace_checkpoint_duration_seconds:p99_5m{${N}} >= 0`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'Writes tried again',
      about: 'MillraceSinkFailing after three minutes',
      unit: 'suffix: /s',
      min: 0,
      links: TO_PIPELINE,
    },
    {
      expr: `sum by (pipeline, sink) (rate(millrace_sink_retries_total{${N}}[$__rate_interval])) or on() vector(0)`,
      legend: '{{pipeline}} {{sink}}',
    },
  ),
  graph(
    {
      title: 'Rebalances',
      about: 'Changes of the assignment in ten minutes; each stops a pipeline for a moment',
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `sum by (pipeline) (increase(millrace_rebalances_total{${N}}[10m]))`, legend: '{{pipeline}}' },
  ),
  graph(
    { title: 'Event loop lag, 99 %', about: 'How long Node.js was busy with one thing', unit: 's', warn: 0.25, min: 0 },
    {
      expr: `nodejs_eventloop_lag_p99_seconds{${N}} and on (instance, job) millrace_build_info`,
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
      expr: `max by (dependency) (millrace_dependency_memory_bytes{${N}}) / max by (dependency) (millrace_dependency_memory_max_bytes{${N}}) or on() vector(0)`,
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
      expr: `max by (pipeline) (pipeline_instance:millrace_state_fill:ratio{${N}})`,
      legend: '{{pipeline}}',
    },
  ),
  graph(
    { title: 'State in memory', about: 'Of all processes', unit: 'bytes', min: 0, stacked: true, links: TO_PIPELINE },
    { expr: `sum by (pipeline) (millrace_state_bytes{${N}})`, legend: '{{pipeline}}' },
  ),
  graph(
    {
      title: 'Keys in state',
      about: 'Entries: one for each key and open window',
      min: 0,
      stacked: true,
      links: TO_PIPELINE,
    },
    { expr: `sum by (pipeline) (millrace_state_keys{${N}})`, legend: '{{pipeline}}' },
  ),
  graph(
    { title: 'Memory', about: 'Resident, and the part that is heap', unit: 'bytes', min: 0 },
    {
      expr: `process_resident_memory_bytes{${N}} and on (instance, job) millrace_build_info`,
      legend: '{{instance}} resident',
    },
    {
      expr: `nodejs_heap_size_used_bytes{${N}} and on (instance, job) millrace_build_info`,
      legend: '{{instance}} heap',
    },
  ),
  graph(
    { title: 'CPU', about: 'Cores in use', unit: 'short', min: 0 },
    {
      expr: `rate(process_cpu_seconds_total{${N}}[$__rate_interval]) and on (instance, job) millrace_build_info`,
      legend: '{{instance}}',
    },
  ),
  graph(
    { title: 'Garbage collection', about: 'Share of time', unit: 'percentunit', min: 0 },
    {
      expr: `sum by (instance, job) (rate(nodejs_gc_duration_seconds_sum{${N}}[$__rate_interval])) and on (instance, job) millrace_build_info`,
      legend: '{{instance}}',
    },
  ),
];
