import type { Aggregator } from './aggregator';
import type { ByteReader, ByteWriter } from './bytes';
import { addTo, type CompensatedSum, mergeSums, valueOf } from './compensated-sum';
import { expectVersion } from './version';

const VERSION = 1;

interface SumState extends CompensatedSum {
  count: number;
}

const accumulation = {
  argument: 'number' as const,
  init: (): SumState => ({ sum: 0, compensation: 0, count: 0 }),
  add: (state: SumState, value: number): void => {
    addTo(state, value);
    state.count++;
  },
  merge: (into: SumState, from: SumState): void => {
    mergeSums(into, from);
    into.count += from.count;
  },
  encode: (state: SumState, writer: ByteWriter): void => {
    writer.uint8(VERSION);
    writer.float64(state.sum);
    writer.float64(state.compensation);
    writer.float64(state.count);
  },
  decode: (reader: ByteReader): SumState => {
    expectVersion(reader, 'sum', VERSION);
    return { sum: reader.float64(), compensation: reader.float64(), count: reader.float64() };
  },
};

/** `sum(x)`: compensated; `null` while no record had `x`. */
export const sumAggregator: Aggregator<SumState, number> = {
  ...accumulation,
  name: 'sum',
  result: (state) => (state.count === 0 ? null : valueOf(state)),
};

/** `avg(x)`: compensated sum over count; `null` while no record had `x`. */
export const avgAggregator: Aggregator<SumState, number> = {
  ...accumulation,
  name: 'avg',
  result: (state) => (state.count === 0 ? null : valueOf(state) / state.count),
};
