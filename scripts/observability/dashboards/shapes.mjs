// Panels that several dashboards have, each of the series that `where` chooses, with links from series to their own dashboard
// where that is another one.
import { graph, stat } from '../panel.mjs';

/** Chooses the deployment. */
export const NAMESPACE = 'namespace=~"$namespace"';
export const RECORDS = 'suffix: records/s';
export const ROWS = 'suffix: rows/s';
export const ITEMS = 'suffix: items/s';

export const TO_PIPELINE = [
  { title: 'This pipeline', url: '/d/millrace-pipeline?var-pipeline=${__field.labels.pipeline}&${__url_time_range}' },
];
export const TO_FEEDS = [
  { title: 'This feed', url: '/d/millrace-feeds?var-feed=${__field.labels.feed}&${__url_time_range}' },
];

export const lag = (where, links) =>
  graph(
    { title: 'Lag', about: 'Records not yet processed. MillraceLagGrowing from 1,000 on', warn: 1000, min: 0, links },
    { expr: `pipeline:millrace_consumer_lag_records:sum{${where}}`, legend: '{{pipeline}}' },
  );

export const eventTime = (where, { links, width } = {}) =>
  stat(
    {
      title: 'Event time reached',
      about: 'The watermark of the partition that is furthest behind',
      unit: 'dateTimeAsIso',
      ...{ links, width },
    },
    { expr: `(time() - pipeline:millrace_watermark_lag_seconds:max{${where}}) * 1000`, legend: '{{pipeline}}' },
  );

export const overdueFeeds = (where) =>
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
    { expr: `max by (feed) (millrace_feed_overdue_seconds{${where}})`, legend: '{{feed}}' },
  );

export const accepted = (where, { stacked } = {}) =>
  graph(
    { title: 'Records', about: 'Accepted', unit: RECORDS, min: 0, links: TO_PIPELINE, stacked },
    { expr: `pipeline_result:millrace_records:rate5m{${where},result="accepted"}`, legend: '{{pipeline}}' },
  );

export const dead = (where) =>
  graph(
    {
      title: 'Dead letters',
      about: 'Records that cannot be processed: MillraceDeadLetters',
      unit: RECORDS,
      min: 0,
      links: TO_PIPELINE,
    },
    { expr: `pipeline_result:millrace_records:rate5m{${where},result="dead"}`, legend: '{{pipeline}}' },
  );

export const lateShare = (where, links) =>
  graph(
    {
      title: 'Late',
      about: 'Share of records whose every window had closed. MillraceLateRecords above 1 %',
      unit: 'percentunit',
      warn: 0.01,
      min: 0,
      links,
    },
    { expr: `pipeline:millrace_late_records:ratio15m{${where}} > 0 or on() vector(0)`, legend: '{{pipeline}}' },
  );

export const checkpoint = (where, links) =>
  graph(
    { title: 'Checkpoint, 99 %', about: 'Rows acknowledged by all sinks, state committed', unit: 's', min: 0, links },
    { expr: `pipeline:millrace_checkpoint_duration_seconds:p99_5m{${where}} >= 0`, legend: '{{pipeline}}' },
  );

export const triedAgain = (where, links) =>
  graph(
    {
      title: 'Writes tried again',
      about: 'MillraceSinkFailing after three minutes',
      unit: 'suffix: /s',
      min: 0,
      links,
    },
    {
      expr: `sum by (pipeline, sink) (rate(millrace_sink_retries_total{${where}}[$__rate_interval])) or on() vector(0)`,
      legend: '{{pipeline}} {{sink}}',
    },
  );

export const keysInState = (where, { stacked, links } = {}) =>
  graph(
    { title: 'Keys in state', about: 'Entries: one for each key and open window', min: 0, stacked, links },
    { expr: `sum by (pipeline) (millrace_state_keys{${where}})`, legend: '{{pipeline}}' },
  );
