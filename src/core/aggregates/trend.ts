import { ConfigError } from '../errors';
import type { JsonValue } from '../json';
import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import type { Aggregator, RecordPlace } from './aggregator';
import { addTo, valueOf, zeroSum } from './compensated-sum';
import { finiteOrNull } from './finite';
import { type Step, stepAt } from './latest-steps';
import { durationConstant, numberArgument } from './parameter';
import { isBefore, type KeptPlace, movePlace, readPlace, writePlace } from './place';
import { expectVersion } from './version';

const VERSION = 1;
/** A day in steps of a minute. */
const MOST_STEPS = 1_440;
const SIGNATURE = 'trend(x, span, step)';
/** In memory. */
const STATE_BYTES = 80;
const STEP_BYTES = 112;

/** The last value of one step. */
interface Close extends Step, KeptPlace {
  value: number;
}

/**
 * `trend(x, span, step)`: how `x` moved over the latest `span` of event time, seen at the last value of each `step` of
 * it: `{from, to, change, change_percent, volatility, steps}`.
 *
 * `to` is the newest value; `from` that of the step `span` before it, or of the first one after that step which has a
 * value; `change` is `to - from`, and null under two steps. `volatility` is the sample standard deviation of the
 * logarithms of the ratio of each step's value to that of the step before it, where both have one above 0; null under
 * two such ratios. It is for one step: for `n` of them multiply by the root of `n`. Source: realized volatility, which
 * T. G. Andersen and T. Bollerslev, "Answering the Skeptics" (1998), take from returns of five minutes.
 */
function trendAggregator(spanMs: number, stepMs: number): Aggregator<Close[], number> {
  const steps = spanMs / stepMs;
  if (!Number.isInteger(steps) || steps > MOST_STEPS) {
    throw new ConfigError(`${SIGNATURE}: span must be a multiple of step, and at most ${MOST_STEPS} times as long`);
  }
  const kept = {
    most: steps + 1,
    make: (index: number): Close => ({ index, timeMs: -1, offset: 0n, value: 0 }),
  };
  const add = (closes: Close[], value: number, at: RecordPlace): void => {
    const close = stepAt(closes, Math.floor(at.timeMs / stepMs), kept);
    if (!close || !isBefore(close, at)) return;
    close.value = value;
    movePlace(close, at);
  };
  return {
    name: 'trend',
    init: () => [],
    add,
    merge: (into, from) => {
      for (const close of from) add(into, close.value, close);
    },
    result: trendOf,
    encode: (closes, writer) => {
      writer.uint8(VERSION);
      writer.varint(closes.length);
      for (const close of closes) {
        writePlace(writer, close);
        writer.float64(close.value);
      }
    },
    decode: (reader) => {
      expectVersion(reader, 'trend', VERSION);
      return Array.from({ length: reader.varint() }, () => {
        const place = readPlace(reader);
        return { index: Math.floor(place.timeMs / stepMs), ...place, value: reader.float64() };
      });
    },
    sizeBytes: ({ length }) => STATE_BYTES + length * STEP_BYTES,
  };
}

function trendOf(closes: readonly Close[]): Record<string, JsonValue> {
  const from = closes[0]?.value ?? null;
  const to = closes.at(-1)?.value ?? null;
  const change = from === null || to === null || closes.length < 2 ? null : finiteOrNull(to - from);
  const share = change === null || from === null || from === 0 ? null : finiteOrNull((change / Math.abs(from)) * 100);
  return { from, to, change, change_percent: share, volatility: volatilityOf(closes), steps: closes.length };
}

function volatilityOf(closes: readonly Close[]): number | null {
  const returns: number[] = [];
  closes.forEach(({ index, value }, i) => {
    const before = closes[i - 1];
    if (before?.index === index - 1 && before.value > 0 && value > 0) returns.push(Math.log(value / before.value));
  });
  if (returns.length < 2) return null;
  const mean = sumOf(returns) / returns.length;
  return Math.sqrt(sumOf(returns.map((one) => (one - mean) ** 2)) / (returns.length - 1));
}

function sumOf(terms: readonly number[]): number {
  const total = zeroSum();
  for (const term of terms) addTo(total, term);
  return valueOf(total);
}

export const trend: AggregateDefinition = defineAggregate({
  name: 'trend',
  parameters: [numberArgument('x'), durationConstant('span'), durationConstant('step')],
  result: '{from, to, change, change_percent, volatility, steps}',
  guarantee:
    'of the last value of each step in the latest span, at most 1,440 steps; volatility is the sample standard deviation of the logarithmic returns of neighbouring steps; exact, whatever the order of arrival',
  space: '24 bytes for each step',
  create: (spanMs, stepMs) => trendAggregator(spanMs, stepMs),
});
