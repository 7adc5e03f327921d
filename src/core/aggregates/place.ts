import type { RecordPlace } from './aggregator';
import type { ByteReader, ByteWriter } from './bytes';

/** A {@link RecordPlace} that an accumulator keeps. */
export interface KeptPlace {
  timeMs: number;
  offset: bigint;
}

/** By event time, ties by offset: a total order of the records of one partition. */
export function isBefore(left: RecordPlace, right: RecordPlace): boolean {
  return left.timeMs === right.timeMs ? left.offset < right.offset : left.timeMs < right.timeMs;
}

export function movePlace(kept: KeptPlace, to: RecordPlace): void {
  kept.timeMs = to.timeMs;
  kept.offset = to.offset;
}

export function writePlace(writer: ByteWriter, { timeMs, offset }: RecordPlace): void {
  writer.float64(timeMs);
  writer.bigUint64(offset);
}

export function readPlace(reader: ByteReader): KeptPlace {
  return { timeMs: reader.float64(), offset: reader.bigUint64() };
}
