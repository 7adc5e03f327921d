import type { AggregateSpec, Plain } from './aggregate-spec';
import { type Argument, callOf, type FieldIn } from './aggregates';
import { cel, celText } from './cel';
import type { Duration } from './duration';

type Errors = Readonly<Record<'model' | 'last' | 'mean', number | null>>;

/** What a row shows of a model; see docs/systems/model.md. */
export interface ForecastResult {
  readonly at: string | null;
  readonly value: number | null;
  readonly predicted: number | null;
  readonly score: number | null;
  readonly anomaly: boolean;
  readonly drift: boolean;
  readonly next: { readonly at: string; readonly predicted: number } | null;
  readonly version: number;
  readonly learned: number;
  readonly scored: number;
  readonly ignored: number;
  readonly drifts: number;
  readonly mae: Errors;
  readonly recent_mae: Errors;
  readonly parameters: Readonly<Record<string, unknown>> | null;
}

/** How unusual the newest value is. */
export interface AnomalyResult {
  readonly value: number | null;
  readonly usual: number | null;
  readonly deviation: number | null;
  readonly score: number | null;
  readonly anomaly: boolean;
}

export interface RegressionOptions {
  /** From one reading to the next, and how far ahead is predicted. */
  readonly step: Duration;
  /** How many last changes are looked at, 1 to 48. */
  readonly lags: number;
  /** How many lessons make a version. */
  readonly publishEvery: number;
}

/** Learns to predict `y` one step ahead from its last values and named inputs, which may be null. Learns in order of arrival. */
export function online_regression<Y extends Argument, const Inputs extends Readonly<Record<string, Argument>>>(
  y: Y,
  inputs: Inputs,
  { step, lags, publishEvery }: RegressionOptions,
): AggregateSpec<FieldIn<Y> | FieldIn<Inputs[keyof Inputs]>, never, Plain<ForecastResult | null>> {
  const entries = Object.entries(inputs).map(([name, input]) => `${JSON.stringify(name)}: ${celText(input)}`);
  const constants = [{ literal: step }, { literal: lags }, { literal: publishEvery }];
  const call = callOf('online_regression', [y, cel(`{${entries.join(', ')}}`), ...constants]);
  return { ...call, fields: [y, ...Object.values(inputs)].filter((argument) => typeof argument === 'string') };
}

/** How far the newest `x` is from about `memory` before it; an anomaly from `factor` mean distances on. */
export function online_anomaly<X extends Argument>(
  x: X,
  memory: number,
  factor: number,
): AggregateSpec<FieldIn<X>, never, Plain<AnomalyResult>> {
  return callOf('online_anomaly', [x, { literal: memory }, { literal: factor }]);
}
