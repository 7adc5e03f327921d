import type { PartialHeader } from './partial';

/**
 * Where a record of a repartition topic comes from, and what its source partition's watermark was after it;
 * `semantics.md` section 8.
 */
export interface RecordOrigin {
  readonly partition: number;
  /**
   * In the source partition. Of a time mark: the offset after the last record that it speaks of. Of a partial aggregate:
   * the last offset of its range.
   */
  readonly offset: bigint;
  /** Counts what was made of one source record, or, from 1, the partial aggregates of one range. */
  readonly index: number;
  /** Watermark of the source partition, epoch ms; -1 while it has accepted nothing. */
  readonly watermarkMs: number;
  /** A time mark carries no record: it tells every partition how far the source partition is. */
  readonly isMark: boolean;
  /** There for a partial aggregate. */
  readonly partial?: PartialHeader;
}
