import { PoisonRecordError } from '../errors';
import { displayed } from '../decoding/displayed';
import type { PartitionerDefinition } from './feed-definition';

/** What a partitioner may look at. */
export interface PlacedRecord {
  /** Of the record in its feed, counted from 0: the same after a restart. */
  readonly n: number;
  readonly timestampMs: number;
  /** Result of `by` or `partition`; `undefined` for kinds that have none. */
  readonly value: unknown;
}

/** The partition of a record among `count`; `undefined` leaves it to the record's key, as every Kafka client places it. */
export type Partitioner = (record: PlacedRecord, count: number) => number | undefined;

/** `random` gives numbers in [0, 1). The result throws PoisonRecordError `bad-value` for a value that places nothing. */
export function createPartitioner(definition: PartitionerDefinition, random: () => number): Partitioner {
  switch (definition.kind) {
    case 'hash':
      return () => undefined;
    case 'round-robin':
      return ({ n }, count) => n % count;
    case 'random':
      return (_, count) => Math.floor(random() * count);
    case 'time':
      return ({ timestampMs }, count) => remainder(Math.floor(timestampMs / definition.every), count);
    case 'range':
      return ({ value }, count) => Math.min(rangeOf(value, definition.bounds), count - 1);
    case 'custom':
      return ({ value }, count) => remainder(wholeNumber(value), count);
  }
}

/** How many of the bounds are not above the value; those beyond the last partition share it. */
function rangeOf(value: unknown, bounds: readonly (number | string)[]): number {
  const like = bounds[0]!;
  if (typeof value !== typeof like) {
    throw new PoisonRecordError('bad-value', `partitioner.by: ${displayed(value)} cannot be compared with the bounds`);
  }
  return bounds.filter((bound) => bound <= (value as number | string)).length;
}

function wholeNumber(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new PoisonRecordError('bad-value', `partitioner.partition: ${displayed(value)} is no whole number`);
}

function remainder(value: number, count: number): number {
  return ((value % count) + count) % count;
}
