import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { durationConstant, numberArgument } from './parameter';
import type { Aggregator } from './aggregator';
import { addTo, type CompensatedSum, mergeSums, readSum, scale, valueOf, writeSum, zeroSum } from './compensated-sum';
import { expectVersion } from './version';

const VERSION = 1;
/** In memory. */
const STATE_BYTES = 280;

interface EwmaState {
  /** The greatest event time so far, to which weights are relative; `-Infinity` while there is none. */
  timeMs: number;
  readonly weighted: CompensatedSum;
  readonly weight: CompensatedSum;
  least: number;
  greatest: number;
}

/**
 * `ewma(x, half_life)`: the mean of `x` weighted by `2^(-(T - t) / half_life)`, where `t` is a record's event time and
 * `T` the greatest of all; `null` without any `x`. By this definition the order of arrival does not show, to the 9th
 * digit, and never leaves the range of the values. Weights of records more than 1,074 half-lives old are 0.
 * Source: exponential decay with time, as G. Cormode, V. Shkapenyuk, D. Srivastava, B. Xu, "Forward Decay" (2009).
 */
function ewmaAggregator(halfLifeMs: number): Aggregator<EwmaState, number> {
  const weightAfter = (ms: number): number => (ms === 0 ? 1 : 2 ** (-ms / halfLifeMs));
  const advance = (state: EwmaState, timeMs: number): void => {
    const factor = weightAfter(timeMs - state.timeMs);
    scale(state.weighted, factor);
    scale(state.weight, factor);
    state.timeMs = timeMs;
  };
  return {
    name: 'ewma',
    init: () => ({
      timeMs: -Infinity,
      weighted: zeroSum(),
      weight: zeroSum(),
      least: Infinity,
      greatest: -Infinity,
    }),
    add: (state, value, at) => {
      if (at.timeMs > state.timeMs) advance(state, at.timeMs);
      const weight = weightAfter(state.timeMs - at.timeMs);
      addTo(state.weighted, value * weight);
      addTo(state.weight, weight);
      if (value < state.least) state.least = value;
      if (value > state.greatest) state.greatest = value;
    },
    merge: (into, from) => {
      if (from.timeMs === -Infinity) return;
      if (from.timeMs > into.timeMs) advance(into, from.timeMs);
      const decayed = { weighted: { ...from.weighted }, weight: { ...from.weight } };
      const factor = weightAfter(into.timeMs - from.timeMs);
      scale(decayed.weighted, factor);
      scale(decayed.weight, factor);
      mergeSums(into.weighted, decayed.weighted);
      mergeSums(into.weight, decayed.weight);
      into.least = Math.min(into.least, from.least);
      into.greatest = Math.max(into.greatest, from.greatest);
    },
    result: ({ timeMs, weighted, weight, least, greatest }) =>
      timeMs === -Infinity ? null : Math.min(Math.max(valueOf(weighted) / valueOf(weight), least), greatest),
    encode: (state, writer) => {
      writer.uint8(VERSION);
      writer.float64(state.timeMs);
      writeSum(writer, state.weighted);
      writeSum(writer, state.weight);
      writer.float64(state.least);
      writer.float64(state.greatest);
    },
    decode: (reader) => {
      expectVersion(reader, 'ewma', VERSION);
      const timeMs = reader.float64();
      const [weighted, weight] = [readSum(reader), readSum(reader)];
      return { timeMs, weighted, weight, least: reader.float64(), greatest: reader.float64() };
    },
    sizeBytes: () => STATE_BYTES,
  };
}

export const ewma: AggregateDefinition = defineAggregate({
  name: 'ewma',
  commutes: true,
  parameters: [numberArgument('x'), durationConstant('half_life')],
  result: 'number',
  guarantee:
    'mean weighted by 2^(-age / half_life), age being that to the greatest event time; order of arrival does not show in the 9th digit',
  space: '57 bytes',
  create: (halfLifeMs) => ewmaAggregator(halfLifeMs),
});
