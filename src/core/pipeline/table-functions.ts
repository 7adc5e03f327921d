import { eventTimeOf } from '../decoding/event-time';
import { partitionOf } from '../partitioning/murmur2';
import { defineFunction, type FunctionDefinition } from './function-definition';

/** Functions for columns that place rows in tables. All throw for what they do not take: the record is then a dead letter. */
export const tableFunctions: readonly FunctionDefinition[] = [
  defineFunction('time_ms', '(dyn): double', timeMs),
  defineFunction('month_of', '(dyn): string', monthOf),
  defineFunction('bucket_of', '(dyn, int): int', bucketOf),
  defineFunction('counts_of', '(dyn, string, string): dyn', countsOf),
];

/** Epoch ms of a time as records write it; see `eventTimeOf`. */
function timeMs(time: unknown): number {
  return eventTimeOf(time, 'time_ms');
}

/** The UTC month of a time, `2026-01`: a bucket that keeps partitions from growing for ever. */
function monthOf(time: unknown): string {
  return new Date(eventTimeOf(time, 'month_of')).toISOString().slice(0, 7);
}

/** A number in `[0, buckets)` that values of equal text share: Kafka's murmur2, the same everywhere and for ever. */
export function bucketOf(value: unknown, buckets: number): number {
  if (!Number.isSafeInteger(buckets) || buckets < 1)
    throw new RangeError(`bucket_of: ${buckets} is no number of buckets`);
  return partitionOf(String(value), buckets);
}

/**
 * `counts_of(mistakes, 'word', 'attempts')`: a map from the text in one field of each item to the sum of the whole
 * numbers in another. Throws RangeError for an item without them.
 */
function countsOf(items: unknown, nameField: string, countField: string): Record<string, number> {
  if (!Array.isArray(items)) throw new RangeError('counts_of: a list is needed');
  const counts = new Map<string, number>();
  for (const item of items as readonly unknown[]) {
    const name = fieldOf(item, nameField);
    const count = Number(fieldOf(item, countField));
    if (typeof name !== 'string' || !Number.isSafeInteger(count) || Math.abs(count) > LARGEST_COUNT) {
      throw new RangeError(`counts_of: each item needs a text "${nameField}" and a whole number "${countField}"`);
    }
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return Object.fromEntries(counts);
}

/** So that sums of a record's items fit into a column of type int. */
const LARGEST_COUNT = 1_000_000;

function fieldOf(item: unknown, name: string): unknown {
  if (typeof item !== 'object' || item === null || !Object.hasOwn(item, name)) return undefined;
  return (item as Readonly<Record<string, unknown>>)[name];
}
