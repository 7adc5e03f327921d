import type { JsonValue } from '../json';
import type { ByteReader, ByteWriter } from './bytes';

/**
 * A mergeable aggregate over one argument. Accumulators are owned by the caller and changed in place.
 *
 * Laws (checked by property tests): `merge` is associative, `init()` is its identity, adding values one by one equals
 * merging partial accumulators, and `decode(encode(a))` gives the same result as `a`.
 */
export interface Aggregator<Accumulator = unknown, Argument = never> {
  /** The name in definitions, e.g. `avg`. */
  readonly name: string;
  /** What the argument must be; `none` for `count()`, which counts records. */
  readonly argument: 'none' | 'number' | 'any';
  init(): Accumulator;
  add(accumulator: Accumulator, value: Argument): void;
  merge(into: Accumulator, from: Accumulator): void;
  /** `null` when nothing was added, except for counts. */
  result(accumulator: Accumulator): JsonValue;
  /** Writes a version byte, then the accumulator. */
  encode(accumulator: Accumulator, writer: ByteWriter): void;
  /** Throws FatalError for a version that this build does not know. */
  decode(reader: ByteReader): Accumulator;
}
