import { type AggregateDefinition, defineAggregate } from '../aggregates/aggregate-definition';
import type { Aggregator } from '../aggregates/aggregator';
import { durationConstant, numberArgument, numbersArgument, wholeNumber } from '../aggregates/parameter';
import { expectVersion } from '../aggregates/version';
import { FatalError } from '../errors';
import type { JsonValue } from '../json';
import { Forecaster, type ForecastOptions } from './forecaster';
import { readForecaster, writeForecaster } from './forecaster-codec';
import { forecastView } from './forecast-view';

const NAME = 'online_regression';
const VERSION = 1;
const NUMBER_BYTES = 8;
const STATE_BYTES = 2000;
const MOST_LAGS = 48;
const MOST_BETWEEN_VERSIONS = 1_000_000;

type Inputs = Readonly<Record<string, number | null>>;

/** Empty until the first record names the inputs. */
interface ModelState {
  forecaster: Forecaster | undefined;
}

/** An aggregate that is a model, for whoever asks it for more than its rows show. */
export interface ModelAggregator extends Aggregator<ModelState, readonly [number, Inputs]> {
  /** How many learned samples make a version. */
  readonly publishEvery: number;
  /** What an accumulator of this aggregate has learned; `undefined` before its first record. */
  forecasterOf(accumulator: unknown): Forecaster | undefined;
}

export function isModel(aggregator: Aggregator): aggregator is Aggregator & ModelAggregator {
  return aggregator.name === NAME;
}

/** In the order of the names; `NaN` for what is missing or null. */
export function inputsInOrder(names: readonly string[], inputs: Inputs): Float64Array {
  return Float64Array.from(names, (name) => (Object.hasOwn(inputs, name) ? (inputs[name] ?? NaN) : NaN));
}

/**
 * `online_regression(y, inputs, step, lags, publish_every)`: a model that learns to predict the `y` that comes one `step`
 * later; see {@link Forecaster} and docs/systems/model.md. It lives in its window: of `global` it lives for ever. The first
 * record gives the names of the inputs; others later are not looked at.
 */
function modelAggregator(constants: Omit<ForecastOptions, 'inputNames'>, publishEvery: number): ModelAggregator {
  return {
    name: NAME,
    publishEvery,
    forecasterOf: (accumulator) => (accumulator as ModelState).forecaster,
    init: () => ({ forecaster: undefined }),
    add: (state, [value, inputs], at) => {
      state.forecaster ??= Forecaster.fresh({ ...constants, inputNames: Object.keys(inputs) });
      state.forecaster.observe(at.timeMs, value, inputsInOrder(state.forecaster.options.inputNames, inputs));
    },
    merge: () => {
      throw new FatalError(
        `${NAME} cannot be merged: its records have an order. Use a tumbling, calendar or global window.`,
      );
    },
    result: ({ forecaster }): JsonValue => (forecaster ? forecastView(forecaster, publishEvery) : null),
    encode: ({ forecaster }, writer) => {
      writer.uint8(VERSION);
      writer.uint8(forecaster ? 1 : 0);
      if (forecaster) writeForecaster(writer, forecaster);
    },
    decode: (reader) => {
      expectVersion(reader, NAME, VERSION);
      return { forecaster: reader.uint8() === 1 ? readForecaster(reader, constants) : undefined };
    },
    sizeBytes: ({ forecaster }) => STATE_BYTES + (forecaster ? forecaster.layout.size ** 2 * NUMBER_BYTES : 0),
  };
}

export const onlineRegression: AggregateDefinition = defineAggregate({
  name: NAME,
  parameters: [
    numberArgument('y'),
    numbersArgument('inputs'),
    durationConstant('step'),
    wholeNumber('lags', 1, MOST_LAGS),
    wholeNumber('publish_every', 1, MOST_BETWEEN_VERSIONS),
  ],
  result: 'object: prediction, errors, version; see docs/systems/model.md',
  guarantee: 'the same to the last bit for the same records in the same order; order of arrival counts',
  space: '4 n² bytes and 1.5 KB for n features, n = lags + 2 inputs + 11',
  mergeable: false,
  create: (stepMs, lags, publishEvery) => modelAggregator({ stepMs, lags }, publishEvery),
});
