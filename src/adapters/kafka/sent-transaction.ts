import type { RecordPosition } from '../../core/ports/record-producer.port';
import type { RecordRange } from '../../core/ports/transaction-log.port';

/** One committed transaction of a task, as its memo and the first record of the next one name it. */
export interface SentTransaction {
  readonly topic: string;
  readonly generation: bigint;
  /** Each of a task's transactions has the number after the one before, in every generation. */
  readonly sequence: bigint;
  /** Where its records lie, one range for each partition. */
  readonly ranges: readonly RecordRange[];
}

const PATTERN = /^millrace 1 (\S+) (\d+) (\d+) (\S*)$/;
const RANGE = /^(\d+):([0-9a-z]+)\+([0-9a-z]+)$/;

/** About 15 characters for each partition of the topic: brokers keep 4096 bytes. */
export function encodeTransaction({ topic, generation, sequence, ranges }: SentTransaction): string {
  const places = ranges.map(
    ({ partition, first, last }) => `${partition}:${first.toString(36)}+${(last - first).toString(36)}`,
  );
  return `millrace 1 ${topic} ${generation} ${sequence} ${places.join()}`;
}

/** `undefined` for what another program has written. */
export function decodeTransaction(text: string): SentTransaction | undefined {
  const [, topic, generation, sequence, places] = PATTERN.exec(text) ?? [];
  if (topic === undefined || generation === undefined || sequence === undefined) return undefined;
  const ranges = (places ?? '').split(',').flatMap((place) => {
    const [, partition, first, length] = RANGE.exec(place) ?? [];
    if (partition === undefined || first === undefined || length === undefined) return [];
    const from = fromBase36(first);
    return [{ partition: Number(partition), first: from, last: from + fromBase36(length) }];
  });
  return { topic, generation: BigInt(generation), sequence: BigInt(sequence), ranges };
}

/** The range that holds all positions of each partition. */
export function rangesOf(positions: readonly RecordPosition[]): readonly RecordRange[] {
  const ranges = new Map<number, { partition: number; first: bigint; last: bigint }>();
  for (const { partition, offset } of positions) {
    const range = ranges.get(partition);
    if (!range) ranges.set(partition, { partition, first: offset, last: offset });
    else if (offset > range.last) range.last = offset;
    else if (offset < range.first) range.first = offset;
  }
  return [...ranges.values()];
}

/** Offsets have up to 63 bits, more than `parseInt` keeps. */
function fromBase36(text: string): bigint {
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(parseInt(digit, 36));
  return value;
}
