import type { ByteReader, ByteWriter } from './bytes';

/** Bound of the relative error. */
const ALPHA = 0.01;
const GAMMA = (1 + ALPHA) / (1 - ALPHA);
const LN_GAMMA = Math.log(GAMMA);
/** The point of a bucket that is at most `ALPHA` away, relatively, from all values in it. */
const MIDDLE = 2 / (GAMMA + 1);

/** Buckets of one sign that results tell apart; over this the smallest absolute values share one. */
export const MOST_BUCKETS = 4096;
/** Buckets may gather up to here before they are collapsed, so that collapsing costs little for each value. */
const COLLAPSE_AT = 2 * MOST_BUCKETS;

/** How many values lie in `(gamma^(i - 1), gamma^i]`, by `i`. */
export type Buckets = Map<number, number>;

export function addToBuckets(buckets: Buckets, absolute: number): void {
  const index = Math.ceil(Math.log(absolute) / LN_GAMMA);
  buckets.set(index, (buckets.get(index) ?? 0) + 1);
  if (buckets.size > COLLAPSE_AT) collapse(buckets);
}

export function mergeBuckets(into: Buckets, from: Buckets): void {
  for (const [index, count] of from) into.set(index, (into.get(index) ?? 0) + count);
  if (into.size > COLLAPSE_AT) collapse(into);
}

/**
 * Leaves the `MOST_BUCKETS` of the greatest absolute values; the lowest of them takes what lay below. What is left does
 * not depend on when, or how often, it was done: a later one only raises the lowest.
 */
function collapse(buckets: Buckets): void {
  if (buckets.size <= MOST_BUCKETS) return;
  const indices = [...buckets.keys()].sort((left, right) => left - right);
  const kept = indices.length - MOST_BUCKETS;
  const lowest = indices[kept]!;
  let below = 0;
  for (const index of indices.slice(0, kept)) {
    below += buckets.get(index)!;
    buckets.delete(index);
  }
  buckets.set(lowest, buckets.get(lowest)! + below);
}

/** `[index, count]` from the smallest absolute values to the greatest, after collapsing. */
export function inOrder(buckets: Buckets): [number, number][] {
  collapse(buckets);
  return [...buckets].sort(([left], [right]) => left - right);
}

/** The value that stands for a bucket. */
export function valueOfBucket(index: number): number {
  return Math.exp(index * LN_GAMMA) * MIDDLE;
}

/** The greatest value that the bucket holds, give or take rounding. */
export function greatestOfBucket(index: number): number {
  return Math.exp(index * LN_GAMMA);
}

/** Indices lie between -36,970 and 35,489: those of the smallest and greatest double. */
const INDEX_BASE = 65_536;

/** The number of buckets, the lowest index, then each distance from the index before and its count. */
export function writeBuckets(writer: ByteWriter, buckets: Buckets): void {
  const ordered = inOrder(buckets);
  writer.varint(ordered.length);
  let before = -INDEX_BASE;
  for (const [index, count] of ordered) {
    writer.varint(index - before);
    writer.varint(count);
    before = index;
  }
}

export function readBuckets(reader: ByteReader): Buckets {
  const buckets: Buckets = new Map();
  const length = reader.varint();
  let index = -INDEX_BASE;
  for (let i = 0; i < length; i++) {
    index += reader.varint();
    buckets.set(index, reader.varint());
  }
  return buckets;
}
