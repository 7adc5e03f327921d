import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { numberArgument } from './parameter';
import type { Aggregator } from './aggregator';
import { addTo, type CompensatedSum, mergeSums, readSum, valueOf, writeSum, zeroSum } from './compensated-sum';
import { finiteOrNull } from './finite';
import { expectVersion } from './version';

const VERSION = 1;
/** In memory. */
const STATE_BYTES = 200;

interface VarianceState {
  count: number;
  mean: CompensatedSum;
  /** Sum of the squares of the distances from the mean. */
  squares: CompensatedSum;
}

/** Distance of a value from a mean that carries more digits than a double. */
const distance = (value: number, mean: CompensatedSum): number => value - mean.sum - mean.compensation;

function add(state: VarianceState, value: number): void {
  state.count++;
  const before = distance(value, state.mean);
  addTo(state.mean, before / state.count);
  addTo(state.squares, before * distance(value, state.mean));
}

function merge(into: VarianceState, from: VarianceState): void {
  if (from.count === 0) return;
  const count = into.count + from.count;
  const apart = distance(from.mean.sum, into.mean) + from.mean.compensation;
  const share = from.count / count;
  mergeSums(into.squares, from.squares);
  addTo(into.squares, apart * apart * into.count * share);
  addTo(into.mean, apart * share);
  into.count = count;
}

function spreadAggregator(
  name: 'variance' | 'stddev',
  ofVariance: (variance: number) => number,
): Aggregator<VarianceState, number> {
  return {
    name,
    init: () => ({ count: 0, mean: zeroSum(), squares: zeroSum() }),
    add,
    merge,
    result: ({ count, squares }) =>
      count < 2 ? null : finiteOrNull(ofVariance(Math.max(0, valueOf(squares)) / (count - 1))),
    encode: (state, writer) => {
      writer.uint8(VERSION);
      writer.varint(state.count);
      writeSum(writer, state.mean);
      writeSum(writer, state.squares);
    },
    decode: (reader) => {
      expectVersion(reader, name, VERSION);
      return { count: reader.varint(), mean: readSum(reader), squares: readSum(reader) };
    },
    sizeBytes: () => STATE_BYTES,
  };
}

/**
 * `variance(x)`: the sample variance, over `n - 1`; `null` under two values. Values far from 0 do not cancel, and mean
 * and squares are compensated. Sources: B. P. Welford, Technometrics 4 (1962); T. F. Chan, G. H. Golub, R. J. LeVeque,
 * "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).
 */
const varianceAggregator = spreadAggregator('variance', (variance) => variance);

/** `stddev(x)`: the root of the sample variance; `null` under two values. */
const stddevAggregator = spreadAggregator('stddev', Math.sqrt);

export const variance: AggregateDefinition = defineAggregate({
  name: 'variance',
  commutes: true,
  parameters: [numberArgument('x')],
  result: 'number; null under two values',
  guarantee: 'sample variance (n - 1), compensated: values far from 0 do not cancel',
  space: '34 to 41 bytes',
  create: () => varianceAggregator,
});

export const stddev: AggregateDefinition = defineAggregate({
  name: 'stddev',
  commutes: true,
  parameters: [numberArgument('x')],
  result: 'number; null under two values',
  guarantee: 'root of the sample variance (n - 1), compensated',
  space: '34 to 41 bytes',
  create: () => stddevAggregator,
});
