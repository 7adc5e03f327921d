import type { OutgoingRecord, RecordPosition } from './record-producer.port';

export interface FeedTarget {
  readonly feed: string;
  /** The topic that is written; it is there. */
  readonly topic: string;
}

/**
 * Takes what a feed produces together with where the feed then stands: readers of what is committed see the records of
 * a commit if, and only if, the next writer is given its state.
 */
export interface FeedLog {
  /**
   * Fences whoever wrote for the feed before, and aborts what that one had not committed; what it had committed is then
   * known. Throws TransientError when the log cannot be reached, FatalError when it refuses us.
   */
  open(target: FeedTarget): Promise<FeedWriter>;
}

export interface FeedWriter {
  /** The state of the last commit, when this was opened; `undefined` if there was none. */
  readonly left: string | undefined;
  /**
   * Appends the records, keyed as every Kafka client does unless they name their partition, and keeps the state, of at
   * most 4 MiB, in one step. Resolves with a position for each record. Throws FencedError when another writer was opened
   * or the outcome is not known, FatalError when the records can never be taken; after either, only `close` may be called.
   */
  commit(records: readonly OutgoingRecord[], state: string, signal: AbortSignal): Promise<readonly RecordPosition[]>;
  /** Never rejects. */
  close(): Promise<void>;
}
