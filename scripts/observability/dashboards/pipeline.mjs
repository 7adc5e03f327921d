import { choice, dashboard } from '../dashboard.mjs';
import { graph, stat } from '../panel.mjs';
import { checkpoint, eventTime, keysInState, lateShare, NAMESPACE, RECORDS, ROWS, triedAgain } from './shapes.mjs';

const P = `${NAMESPACE},pipeline=~"$pipeline"`;

/** One pipeline, or a few beside each other. */
export function pipelineDashboard() {
  return dashboard({
    uid: 'millrace-pipeline',
    title: 'Millrace: pipeline',
    about: 'What one pipeline does with its records, partition by partition and sink by sink',
    variables: [choice('pipeline', 'label_values(millrace_tasks{namespace=~"$namespace"}, pipeline)')],
    sections: [
      { heading: 'Are we late?', panels: late() },
      { heading: 'Are we losing?', panels: losing() },
      { heading: 'Are we slow?', panels: slow() },
      { heading: 'Are we full?', panels: full() },
    ],
  });
}

const late = () => [
  graph(
    { title: 'Lag by partition', about: 'Records not yet processed', min: 0 },
    {
      expr: `max by (pipeline, partition) (millrace_consumer_lag_records{${P}})`,
      legend: '{{pipeline}} {{partition}}',
    },
  ),
  graph(
    {
      title: 'Watermark by partition',
      about: 'How far event time is behind the clock; one partition that climbs alone holds its windows open',
      unit: 's',
    },
    { expr: `pipeline_partition:millrace_watermark_lag_seconds:min{${P}}`, legend: '{{pipeline}} {{partition}}' },
  ),
  eventTime(P),
  graph(
    {
      title: 'Age of the last checkpoint',
      about: 'MillraceCheckpointTooOld above a minute',
      unit: 's',
      warn: 10,
      crit: 60,
      min: 0,
    },
    {
      expr: `max by (pipeline, instance) (millrace_checkpoint_age_seconds{${P}})`,
      legend: '{{pipeline}} {{instance}}',
    },
  ),
  graph(
    { title: 'Tasks by process', about: 'Partitions that each process owns', min: 0, stacked: true },
    { expr: `sum by (pipeline, instance) (millrace_tasks{${P}})`, legend: '{{pipeline}} {{instance}}' },
  ),
  stat(
    { title: 'Tasks by state', about: 'Paused ones wait, failed ones need an operator' },
    { expr: `sum by (state) (millrace_tasks{${P}})`, legend: '{{state}}' },
  ),
];

const losing = () => [
  graph(
    {
      title: 'Records by result',
      about: 'Filtered, late and dead records are not in the rows',
      unit: RECORDS,
      min: 0,
      stacked: true,
    },
    { expr: `sum by (result) (pipeline_result:millrace_records:rate5m{${P}})`, legend: '{{result}}' },
  ),
  graph(
    { title: 'Dead letters by reason', about: 'As the dead-letter topic has acknowledged them', unit: RECORDS, min: 0 },
    {
      expr: `sum by (reason) (rate(millrace_dead_letters_total{${P}}[$__rate_interval])) or on() vector(0)`,
      legend: '{{reason}}',
    },
  ),
  lateShare(P),
  graph(
    {
      title: 'Lateness',
      about: 'By how much late records missed the close: the grace that would have kept half, and 99 %, of them',
      unit: 's',
      min: 0,
    },
    {
      expr: `histogram_quantile(0.5, sum by (le) (increase(millrace_lateness_seconds_bucket{${P}}[1h]))) >= 0 or on() vector(0)`,
      legend: '50 %',
    },
    {
      expr: `histogram_quantile(0.99, sum by (le) (increase(millrace_lateness_seconds_bucket{${P}}[1h]))) >= 0 or on() vector(0)`,
      legend: '99 %',
    },
  ),
  graph(
    {
      title: 'Windows closed by reason',
      about: 'Final rows: by the watermark, because the partition was idle, or because a count was full',
      unit: ROWS,
      min: 0,
      stacked: true,
    },
    { expr: `sum by (reason) (rate(millrace_windows_closed_total{${P}}[$__rate_interval]))`, legend: '{{reason}}' },
  ),
  graph(
    {
      title: 'Done again',
      about: 'Tasks fenced, repetitions dropped from the repartition topic, pauses by the error budget, in ten minutes',
      min: 0,
    },
    { expr: `sum(increase(millrace_fenced_total{${P}}[10m]))`, legend: 'fenced' },
    {
      expr: `sum(increase(millrace_repartition_duplicates_total{${P}}[10m])) or on() vector(0)`,
      legend: 'repetitions',
    },
    { expr: `sum(increase(millrace_error_budget_spent_total{${P}}[10m]))`, legend: 'error budget spent' },
  ),
];

const slow = () => [
  graph(
    {
      title: 'End to end',
      about: "From the newest record's timestamp to its rows in all sinks; of old data that is its age",
      unit: 's',
      min: 0,
    },
    { expr: `pipeline:millrace_end_to_end_seconds:p50_5m{${P}} >= 0`, legend: '{{pipeline}} 50 %' },
    { expr: `pipeline:millrace_end_to_end_seconds:p99_5m{${P}} >= 0`, legend: '{{pipeline}} 99 %' },
  ),
  checkpoint(P),
  graph(
    { title: 'Checkpoints', about: 'At most five a second for each partition, by default', unit: 'suffix: /s', min: 0 },
    {
      expr: `sum by (pipeline) (rate(millrace_checkpoint_duration_seconds_count{${P}}[$__rate_interval]))`,
      legend: '{{pipeline}}',
    },
  ),
  graph(
    { title: 'Sinks, 99 %', about: 'Writes of one checkpoint, with what was tried again', unit: 's', min: 0 },
    { expr: `pipeline_sink:millrace_sink_duration_seconds:p99_5m{${P}} >= 0`, legend: '{{pipeline}} {{sink}}' },
  ),
  graph(
    { title: 'Rows by sink', about: 'Acknowledged', unit: ROWS, min: 0, stacked: true },
    {
      expr: `sum by (pipeline, sink) (rate(millrace_rows_emitted_total{${P}}[$__rate_interval]))`,
      legend: '{{pipeline}} {{sink}}',
    },
  ),
  triedAgain(P),
];

const full = () => [
  graph(
    {
      title: 'State, share of its bound',
      about: 'By process. MillraceStateNearBound above 90 % for a quarter of an hour',
      unit: 'percentunit',
      warn: 0.9,
      min: 0,
    },
    { expr: `pipeline_instance:millrace_state_fill:ratio{${P}}`, legend: '{{pipeline}} {{instance}}' },
  ),
  keysInState(P),
  graph(
    {
      title: 'Parked',
      about:
        'Keys that wait for a record that could not be processed, and the records that wait; at most 10,000 in a partition',
      warn: 1,
      min: 0,
    },
    { expr: `sum(millrace_parked_keys{${P}})`, legend: 'keys' },
    { expr: `sum(millrace_parked_records{${P}})`, legend: 'records' },
  ),
  graph(
    {
      title: 'Numbers without room',
      about: 'Keys of checkpoints that a metrics sink does not show in Prometheus, because it has maxSeries others',
      unit: 'suffix: keys/s',
      min: 0,
    },
    {
      expr: `sum by (pipeline, name) (rate(millrace_row_values_dropped_total{${P}}[$__rate_interval])) or on() vector(0)`,
      legend: '{{pipeline}} {{name}}',
    },
  ),
];
