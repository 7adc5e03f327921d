/**
 * All labels that metrics of Millrace may have, with what bounds the number of their values: a metric with another label
 * does not compile. Nothing that a record or a caller can choose is a label, but for `key`, of which a sink has a bound.
 */
export const LABELS = {
  pipeline: {
    meaning: 'name of a pipeline, or `NAME.shuffle` for the tasks that fill its repartition topic',
    bound: 'files of the pipelines folder',
  },
  partition: { meaning: 'partition of the topic that the task reads', bound: 'partitions' },
  result: {
    meaning:
      'what became of a record (`accepted`, `filtered`, `late`, `dead`) or of a poll (`ok`, `unchanged`, failures)',
    bound: 'a closed set',
  },
  reason: { meaning: 'why: of a dead letter, of a closed window, of a dropped item', bound: 'a closed set' },
  sink: {
    meaning:
      '`cassandra:KEYSPACE.TABLE`, `kafka:TOPIC`, `live`, boards, `metrics:NAME`; of retries also `state` (Redis), `dead-letters`, ' +
      '`late-records`, `repartition`',
    bound: 'sinks of the pipeline and four',
  },
  state: { meaning: '`claiming`, `running`, `paused`, `failed`', bound: 'a closed set' },
  dependency: { meaning: '`kafka`, `redis`, `cassandra`', bound: 'a closed set' },
  feed: { meaning: 'name of a feed', bound: 'files of the feeds folder' },
  name: { meaning: 'of a `metrics` sink: what its values are', bound: 'sinks of the pipeline' },
  key: {
    meaning: 'of a row: its only field as text, several as a JSON array',
    bound: '`maxSeries` of the sink for each partition, 100 unless it says otherwise, at most 1,000',
  },
  title: { meaning: 'of a `key`: what people call it, if the sink says so', bound: 'one for each `key`' },
  version: { meaning: 'of Millrace', bound: 'one' },
} as const satisfies Record<string, { readonly meaning: string; readonly bound: string }>;

export type Label = keyof typeof LABELS;
