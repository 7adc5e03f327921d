import type { TaskId } from '../task/task-id';
import type { OutgoingRecord, RecordPosition } from './record-producer.port';
import type { SourceRecord } from './record-source.port';

/** Offsets `first` to `last` of a partition, both inclusive. Records of others may lie between. */
export interface RecordRange {
  readonly partition: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** What a transaction leaves for whoever writes next: how far the input is, and a text of at most 4000 characters. */
export interface TransactionMark {
  readonly nextOffset: bigint;
  readonly memo: string;
}

export interface TransactionTarget {
  readonly task: TaskId;
  readonly sourceTopic: string;
  /** The topic that is written. */
  readonly topic: string;
}

/** A topic that tasks write in transactions: readers see all of one or nothing of it. */
export interface TransactionLog {
  /**
   * Fences whoever wrote to the topic for the task before, and aborts what that one had not committed; what it had
   * committed is then known. Throws TransientError when the log cannot be reached, FatalError when it refuses us.
   */
  open(target: TransactionTarget): Promise<TransactionWriter>;
  reader(target: TransactionTarget): RecordRangeReader;
}

export interface TransactionWriter {
  /** Of the last committed transaction, when this was opened; `undefined` if the task had none. */
  readonly left: TransactionMark | undefined;
  /**
   * Appends the records, keyed as every Kafka client does, and sets the mark, in one transaction. `markOf` is given a
   * position for each record. Throws FencedError when another writer was opened or the outcome is not known, FatalError
   * when the records can never be taken; after either, only `close` may be called.
   */
  commit(
    records: readonly OutgoingRecord[],
    markOf: (positions: readonly RecordPosition[]) => TransactionMark,
    signal: AbortSignal,
  ): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface RecordRangeReader {
  /**
   * The committed records of the ranges that the log still has. Throws TransientError when they do not come in time.
   * One call at a time.
   */
  read(ranges: readonly RecordRange[]): Promise<readonly SourceRecord[]>;
  close(): Promise<void>;
}
