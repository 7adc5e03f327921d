import type { Aggregator } from '../../src/core/aggregates/aggregator';
import type { JsonValue } from '../../src/core/json';
import { parseAggregateCall } from '../../src/core/pipeline/aggregate-call';
import { STANDARD_LANGUAGE } from '../../src/core/pipeline/language';
import { accumulate, inTimeOrder, type Sample } from './aggregate-samples';

/** The aggregate of a call as definitions write it, e.g. `quantile(x, 0.95)`. */
export function called(text: string): Aggregator {
  const call = parseAggregateCall(text, STANDARD_LANGUAGE);
  if ('aggregator' in call) return call.aggregator;
  throw new Error(`${text}: ${call.message}`);
}

/** Its result over values, one a second. */
export function resultOver(text: string, values: readonly unknown[]): JsonValue {
  return resultOfSamples(text, inTimeOrder(values));
}

export function resultOfSamples(text: string, samples: readonly Sample[]): JsonValue {
  const aggregator = called(text);
  return aggregator.result(accumulate(aggregator, samples));
}
