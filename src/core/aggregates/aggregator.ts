import type { JsonValue } from '../json';
import type { ByteReader, ByteWriter } from './bytes';

/** Where a record stands in event time and in its partition. The caller changes it for the next record: copy, never keep. */
export interface RecordPlace {
  /** Event time, epoch ms. */
  readonly timeMs: number;
  readonly offset: bigint;
}

/**
 * A mergeable aggregate, its constants (`k`, `q`) bound. Accumulators are owned by the caller and changed in place.
 *
 * Laws (checked by property tests): `merge` is associative, `init()` is its identity, adding values one by one equals
 * merging partial accumulators, and `decode(encode(a))` gives the same result as `a`. `merge` never changes `from` and
 * shares nothing with it afterwards.
 */
export interface Aggregator<Accumulator = unknown, Argument = never> {
  /** The name in definitions, e.g. `avg`. */
  readonly name: string;
  init(): Accumulator;
  /**
   * Adds one record. `value` is the argument, or a tuple of them for an aggregate of several; none of them is missing or
   * null. A tuple is changed by the caller for the next record: copy, never keep.
   */
  add(accumulator: Accumulator, value: Argument, at: RecordPlace): void;
  merge(into: Accumulator, from: Accumulator): void;
  /**
   * `null` when nothing was added, except for counts, lists and objects. `lastMs` is the last instant of the window, epoch
   * ms, for what is reckoned from its end; `undefined` where no window ends.
   */
  result(accumulator: Accumulator, lastMs?: number): JsonValue;
  /** Writes a version byte, then the accumulator. */
  encode(accumulator: Accumulator, writer: ByteWriter): void;
  /** Throws FatalError for a version that this build does not know. */
  decode(reader: ByteReader): Accumulator;
  /**
   * What the accumulator takes in memory now, in bytes, as an estimate (measured on Node 24); cheap enough to be asked
   * after each record. Left out by those that take no more than 48 bytes.
   */
  sizeBytes?(accumulator: Accumulator): number;
}
