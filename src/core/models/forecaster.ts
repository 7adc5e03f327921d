import { ForecastErrors } from './forecast-errors';
import { ForecastLayout } from './forecast-layout';
import { FeatureScaler } from './feature-scaler';
import { PageHinkley } from './page-hinkley';
import { ReadingHistory } from './reading-history';
import { RecursiveLeastSquares } from './recursive-least-squares';

/** Values beyond are no measurements; squares of what is within stay finite. */
export const GREATEST_VALUE = 1e9;
/** How fast the usual size of errors follows: about the last 50. */
const SCALE_SHARE = 0.02;
/** The constant part of the error is a mean of about so many. */
const BIAS_SAMPLES = 2000;
/** An error so many times the usual one is an anomaly. */
const ANOMALY_FACTOR = 8;
/** Before so many errors none is unusual. */
const LEAST_ERRORS = 100;
/** Quiet times count at most so many times more than the average. */
const MOST_TRUST = 20;

/** The constants of one model. */
export interface ForecastOptions {
  /** From one reading to the next, and how far ahead is predicted, ms. */
  readonly stepMs: number;
  /** How many last changes are looked at. */
  readonly lags: number;
  /** Named inputs, in order. */
  readonly inputNames: readonly string[];
}

/** A prediction that waits for the reading it is about. */
export interface Pending {
  readonly targetMs: number;
  readonly predicted: number;
  /** What the regression gave: the change from the reading before. */
  readonly change: number;
  readonly columns: Float64Array;
}

/** What came of the newest reading. */
export interface Outcome {
  /** `NaN` while nothing was predicted for it. */
  readonly predicted: number;
  /** The error in units of the usual one; `NaN` without a prediction. */
  readonly score: number;
  readonly isAnomaly: boolean;
  readonly isDrift: boolean;
}

const NO_OUTCOME: Outcome = { predicted: NaN, score: NaN, isAnomaly: false, isDrift: false };

/** The numbers of a forecaster beside its parts; all are written with the state. */
export interface Figures {
  /** Predictions that were judged and learned from. */
  learned: number;
  /** Readings that came for no later time than the newest, or were no measurement. */
  ignored: number;
  readings: number;
  meanValue: number;
  least: number;
  greatest: number;
  /** Mean of the newest absolute errors, and of all. */
  scale: number;
  meanError: number;
  bias: number;
  drifts: number;
  lastDriftMs: number;
}

export const freshFigures = (): Figures => ({
  ...{ learned: 0, ignored: 0, readings: 0, meanValue: 0, least: Infinity, greatest: -Infinity },
  ...{ scale: 0, meanError: 0, bias: 0, drifts: 0, lastDriftMs: -1 },
});

export interface ForecasterParts {
  readonly figures: Figures;
  readonly history: ReadingHistory;
  readonly scaler: FeatureScaler;
  readonly regression: RecursiveLeastSquares;
  readonly errors: ForecastErrors;
  readonly drift: PageHinkley;
  /** Of the newest reading, and of the one before. */
  inputs: Float64Array;
  inputsBefore: Float64Array;
  pending: Pending | undefined;
  outcome: Outcome;
}

/**
 * Predicts the next reading of a series and learns from it when it comes: a linear regression of the change, on scaled
 * features, made robust by trusting surprising samples less (Huber's weights) and freed from the bias that this brings by
 * a running mean of all errors.
 *
 * Deterministic to the last bit: no chance, no clock, no function that engines compute differently. Readings count in the
 * order in which they come; one that is not later than the newest changes nothing but a counter.
 */
export class Forecaster {
  readonly layout: ForecastLayout;

  constructor(
    readonly options: ForecastOptions,
    readonly parts: ForecasterParts,
  ) {
    this.layout = new ForecastLayout(options.stepMs, options.lags, options.inputNames);
  }

  static fresh(options: ForecastOptions): Forecaster {
    const layout = new ForecastLayout(options.stepMs, options.lags, options.inputNames);
    return new Forecaster(options, {
      figures: freshFigures(),
      history: ReadingHistory.of(layout.depth * options.stepMs),
      scaler: FeatureScaler.of(layout.scaledSize),
      regression: RecursiveLeastSquares.of(layout.size),
      errors: ForecastErrors.fresh(),
      drift: PageHinkley.fresh(),
      inputs: new Float64Array(options.inputNames.length).fill(NaN),
      inputsBefore: new Float64Array(options.inputNames.length).fill(NaN),
      pending: undefined,
      outcome: NO_OUTCOME,
    });
  }

  /** Judges the prediction for this reading, learns from it, and predicts the next. `inputs` has `NaN` for missing ones. */
  observe(timeMs: number, value: number, inputs: Float64Array): void {
    const { parts } = this;
    const { figures, history } = parts;
    if (Math.abs(value) > GREATEST_VALUE || timeMs <= (history.newest?.timeMs ?? -Infinity)) {
      figures.ignored++;
      return;
    }
    const { pending } = parts;
    parts.outcome = pending?.targetMs === timeMs ? this.judge(pending, value) : NO_OUTCOME;
    figures.readings++;
    figures.meanValue += (value - figures.meanValue) / figures.readings;
    figures.least = Math.min(figures.least, value);
    figures.greatest = Math.max(figures.greatest, value);
    history.add(timeMs, value, this.layout.depth + 1);
    this.prepareNext(timeMs, value, inputs);
  }

  /**
   * What would be predicted for the step after a reading, without learning from it: one that takes the place of the newest
   * if it has its time, else one that comes next. `inputs` has `NaN` for missing ones.
   */
  predict(timeMs: number, value: number, inputs: Float64Array): number {
    const { history, figures } = this.parts;
    const inputsBefore = history.newest?.timeMs === timeMs ? this.parts.inputsBefore : this.parts.inputs;
    const raw = this.layout.raw({
      ...{ timeMs, value, meanValue: figures.meanValue, history: history.with(timeMs, value) },
      ...{ inputs, inputsBefore },
    });
    return this.within(value + this.changeFrom(this.columnsOf(raw, timeMs)) + figures.bias);
  }

  private judge(pending: Pending, value: number): Outcome {
    const { figures, errors, drift, history } = this.parts;
    const last = history.newest!.value;
    const error = value - pending.predicted;
    errors.add({
      model: Math.abs(error),
      last: Math.abs(value - last),
      mean: Math.abs(value - figures.meanValue),
    });
    const isKnown = figures.learned >= LEAST_ERRORS && figures.scale > 0;
    const score = isKnown ? Math.abs(error) / figures.scale : NaN;
    const isDrift = drift.observe(Math.abs(error));
    if (isDrift) {
      figures.drifts++;
      figures.lastDriftMs = pending.targetMs;
    }
    this.learn(pending, value - last - pending.change);
    return { predicted: pending.predicted, score, isAnomaly: score >= ANOMALY_FACTOR, isDrift };
  }

  private learn({ columns }: Pending, error: number): void {
    const { figures, regression } = this.parts;
    const size = Math.abs(error);
    figures.learned++;
    figures.bias += (error - figures.bias) / Math.min(figures.learned, BIAS_SAMPLES);
    const trust = figures.learned > 1 ? this.trustIn(size) : 1;
    figures.scale += (size - figures.scale) * Math.max(SCALE_SHARE, 1 / figures.learned);
    figures.meanError += (size - figures.meanError) / figures.learned;
    regression.learn(columns, error, trust);
  }

  /** Less for a time of large errors, and less for an error that is large for its time. Without a unit. */
  private trustIn(size: number): number {
    const { scale, meanError } = this.parts.figures;
    if (meanError === 0) return 1;
    const usual = Math.max(scale, meanError / MOST_TRUST);
    return (meanError / usual) * (size > usual ? usual / size : 1);
  }

  private prepareNext(timeMs: number, value: number, inputs: Float64Array): void {
    const { parts, layout } = this;
    const raw = layout.raw({
      ...{ timeMs, value, meanValue: parts.figures.meanValue, history: parts.history },
      ...{ inputs, inputsBefore: parts.inputs },
    });
    parts.scaler.observe(raw);
    parts.inputsBefore = parts.inputs;
    parts.inputs = inputs;
    const columns = this.columnsOf(raw, timeMs);
    const change = this.changeFrom(columns);
    const predicted = this.within(value + change + parts.figures.bias);
    parts.pending = { targetMs: timeMs + this.options.stepMs, predicted, change, columns };
  }

  private columnsOf(raw: Float64Array, timeMs: number): Float64Array {
    const columns = new Float64Array(this.layout.size);
    this.parts.scaler.scale(raw, columns);
    this.layout.addWaves(columns, timeMs);
    return columns;
  }

  private changeFrom(columns: Float64Array): number {
    return this.parts.regression.predict(columns);
  }

  /** No prediction lies outside of what was ever read. */
  private within(prediction: number): number {
    const { least, greatest } = this.parts.figures;
    return Math.max(least, Math.min(greatest, prediction));
  }
}
