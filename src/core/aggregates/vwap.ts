import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { numberArgument } from './parameter';
import type { Aggregator } from './aggregator';
import { addTo, type CompensatedSum, mergeSums, readSum, valueOf, writeSum, zeroSum } from './compensated-sum';
import { finiteOrNull } from './finite';
import { expectVersion } from './version';

const VERSION = 1;
/** In memory. */
const STATE_BYTES = 200;

interface VwapState {
  readonly turnover: CompensatedSum;
  readonly volume: CompensatedSum;
}

/**
 * `vwap(price, volume)`: the sum of price times volume over the sum of volumes, both compensated; `null` when the
 * volumes sum to 0, as they do without any record.
 */
const vwapAggregator: Aggregator<VwapState, readonly [number, number]> = {
  name: 'vwap',
  init: () => ({ turnover: zeroSum(), volume: zeroSum() }),
  add: (state, values) => {
    addTo(state.turnover, values[0] * values[1]);
    addTo(state.volume, values[1]);
  },
  merge: (into, from) => {
    mergeSums(into.turnover, from.turnover);
    mergeSums(into.volume, from.volume);
  },
  result: ({ turnover, volume }) => {
    const total = valueOf(volume);
    return total === 0 ? null : finiteOrNull(valueOf(turnover) / total);
  },
  encode: (state, writer) => {
    writer.uint8(VERSION);
    writeSum(writer, state.turnover);
    writeSum(writer, state.volume);
  },
  decode: (reader) => {
    expectVersion(reader, 'vwap', VERSION);
    return { turnover: readSum(reader), volume: readSum(reader) };
  },
  sizeBytes: () => STATE_BYTES,
};

export const vwap: AggregateDefinition = defineAggregate({
  name: 'vwap',
  commutes: true,
  parameters: [numberArgument('price'), numberArgument('volume')],
  result: 'number; null when the volumes sum to 0',
  guarantee: 'compensated: the order of records does not show in the 12th digit',
  space: '33 bytes',
  create: () => vwapAggregator,
});
