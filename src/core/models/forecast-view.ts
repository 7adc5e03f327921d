import type { JsonValue } from '../json';
import type { MeanErrors } from './forecast-errors';
import type { Forecaster } from './forecaster';

/**
 * What a row shows of a model, as JSON: the reading, what was predicted for it, how wrong the model has been beside the
 * two baselines, and what it predicts next. `parameters` is null but in the rows of new versions.
 */
export function forecastView(forecaster: Forecaster, publishEvery: number): JsonValue {
  const { figures, history, errors, outcome, pending } = forecaster.parts;
  const version = Math.floor(figures.learned / publishEvery);
  const isNewVersion = version > 0 && figures.learned % publishEvery === 0 && !Number.isNaN(outcome.predicted);
  return {
    at: timeText(history.newest?.timeMs),
    value: history.newest?.value ?? null,
    predicted: orNull(outcome.predicted),
    score: orNull(outcome.score),
    anomaly: outcome.isAnomaly,
    drift: outcome.isDrift,
    next: pending ? { at: timeText(pending.targetMs), predicted: pending.predicted } : null,
    version,
    learned: figures.learned,
    scored: errors.count,
    ignored: figures.ignored,
    drifts: figures.drifts,
    mae: errorsView(errors.overall),
    recent_mae: errorsView(errors.recent),
    parameters: isNewVersion ? parametersView(forecaster) : null,
  };
}

/** Every number that a prediction is made of: scaling and weight of each feature, and the bias. */
export function parametersView({ layout, parts }: Forecaster): JsonValue {
  const features = layout.names.map((name, i) => {
    const isScaled = i < layout.scaledSize;
    const scaling = isScaled ? { mean: parts.scaler.mean(i), deviation: parts.scaler.deviation(i) } : {};
    return { name, weight: parts.regression.weight(i), ...scaling };
  });
  const { bias, scale, least, greatest } = parts.figures;
  return { features, bias, usual_error: scale, least, greatest };
}

/** The same properties with null where there is nothing, so that columns such as `forecast.mae.model` find them. */
function errorsView(errors: MeanErrors | undefined): JsonValue {
  return errors ? { ...errors } : { model: null, last: null, mean: null };
}

function timeText(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
