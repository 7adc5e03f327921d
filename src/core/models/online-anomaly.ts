import { type AggregateDefinition, defineAggregate } from '../aggregates/aggregate-definition';
import type { Aggregator } from '../aggregates/aggregator';
import type { ByteReader, ByteWriter } from '../aggregates/bytes';
import { numberArgument, numberBetween, wholeNumber } from '../aggregates/parameter';
import { expectVersion } from '../aggregates/version';
import { FatalError } from '../errors';
import type { JsonValue } from '../json';
import { GREATEST_VALUE } from './forecaster';

const NAME = 'online_anomaly';
const VERSION = 1;
/** In memory. */
const STATE_BYTES = 160;
/** One reading moves what is usual by at most so many usual deviations: a spike must not make the next one usual. */
const MOST_DEVIATIONS = 3;

interface UsualState {
  readings: number;
  /** Of the newest reading; `-Infinity` while there is none. */
  timeMs: number;
  value: number;
  usual: number;
  /** Mean distance from it. */
  deviation: number;
  /** Of the newest reading from what was usual before it, in deviations; `NaN` while that is not known. */
  score: number;
}

const FIELDS = ['readings', 'timeMs', 'value', 'usual', 'deviation', 'score'] as const;

const fresh = (): UsualState => ({
  ...{ readings: 0, timeMs: -Infinity, value: 0, usual: 0, deviation: 0, score: NaN },
});

/** What is usual follows the newest `memory` readings; the readings before that many judge nothing. */
function observe(state: UsualState, value: number, memory: number): void {
  state.readings++;
  const share = Math.max(1 / memory, 1 / state.readings);
  const distance = value - state.usual;
  const isKnown = state.readings > memory && state.deviation > 0;
  state.score = isKnown ? Math.abs(distance) / state.deviation : NaN;
  const bound = isKnown ? MOST_DEVIATIONS * state.deviation : Infinity;
  const step = Math.max(-bound, Math.min(bound, distance));
  state.usual += step * share;
  // The first reading is far from nothing.
  if (state.readings > 1) state.deviation += (Math.abs(step) - state.deviation) * share;
  state.value = value;
}

/**
 * `online_anomaly(x, memory, factor)`: how unusual the newest `x` is: its distance from an exponentially weighted mean of
 * those before it, in units of their mean distance; an anomaly from `factor` on. Judged before it is learned from. A reading
 * that is not later than the newest, or beyond {@link GREATEST_VALUE}, changes nothing.
 */
function anomalyAggregator(memory: number, factor: number): Aggregator<UsualState, number> {
  return {
    name: NAME,
    init: fresh,
    add: (state, value, at) => {
      if (at.timeMs <= state.timeMs || Math.abs(value) > GREATEST_VALUE) return;
      state.timeMs = at.timeMs;
      observe(state, value, memory);
    },
    merge: () => {
      throw new FatalError(
        `${NAME} cannot be merged: its records have an order. Use a tumbling, calendar or global window.`,
      );
    },
    result: ({ readings, value, usual, deviation, score }): JsonValue => ({
      value: readings > 0 ? value : null,
      usual: readings > 0 ? usual : null,
      deviation: readings > 0 ? deviation : null,
      score: Number.isFinite(score) ? score : null,
      anomaly: score >= factor,
    }),
    encode: (state, writer) => write(state, writer),
    decode: (reader) => read(reader),
    sizeBytes: () => STATE_BYTES,
  };
}

function write(state: UsualState, writer: ByteWriter): void {
  writer.uint8(VERSION);
  for (const name of FIELDS) writer.float64(state[name]);
}

function read(reader: ByteReader): UsualState {
  expectVersion(reader, NAME, VERSION);
  const state = fresh();
  for (const name of FIELDS) state[name] = reader.float64();
  return state;
}

export const onlineAnomaly: AggregateDefinition = defineAggregate({
  name: NAME,
  parameters: [numberArgument('x'), wholeNumber('memory', 2, 100_000), numberBetween('factor', 1, 1000)],
  result: '{value, usual, deviation, score, anomaly}',
  guarantee: 'the same to the last bit for the same records in the same order; order of arrival counts',
  space: '49 bytes',
  mergeable: false,
  create: (memory, factor) => anomalyAggregator(memory, factor),
});
