import type { SourceRecord } from './record-source.port';

export interface TopicPage {
  /** In order of offset, from the offset that was asked for on. */
  readonly records: readonly SourceRecord[];
  /** Where to read on; the offset that was asked for when there is nothing more. */
  readonly nextOffset: bigint;
}

/** Reads any part of a topic, for questions of operators; processing has its consumer. */
export interface TopicReader {
  /**
   * What one fetch brings of a partition from `fromOffset` on, about 1 MiB: committed records only. Throws
   * TransientError when the log cannot be reached, or does not have that offset.
   */
  read(topic: string, partition: number, fromOffset: bigint): Promise<TopicPage>;
}
