import type { ByteReader, ByteWriter } from '../aggregates/bytes';
import { FeatureScaler } from './feature-scaler';
import { ForecastErrors } from './forecast-errors';
import { ForecastLayout } from './forecast-layout';
import { type Figures, Forecaster, type ForecastOptions, freshFigures, type Outcome, type Pending } from './forecaster';
import { PageHinkley } from './page-hinkley';
import { ReadingHistory } from './reading-history';
import { RecursiveLeastSquares } from './recursive-least-squares';

/** In the order in which they are written. */
const FIGURES = Object.keys(freshFigures()) as readonly (keyof Figures)[];
const ANOMALY = 1;
const DRIFT = 2;

/** Writes all that later predictions depend on, bit for bit: names of the inputs, figures, parts. */
export function writeForecaster(writer: ByteWriter, { options, parts }: Forecaster): void {
  writer.varint(options.inputNames.length);
  for (const name of options.inputNames) writer.text(name);
  for (const name of FIGURES) writer.float64(parts.figures[name]);
  parts.history.write(writer);
  parts.scaler.write(writer);
  parts.regression.write(writer);
  parts.errors.write(writer);
  parts.drift.write(writer);
  writeNumbers(writer, parts.inputs);
  writeNumbers(writer, parts.inputsBefore);
  writePending(writer, parts.pending);
  writeOutcome(writer, parts.outcome);
}

/** The inverse of {@link writeForecaster}, for a model of the same constants. */
export function readForecaster(reader: ByteReader, constants: Omit<ForecastOptions, 'inputNames'>): Forecaster {
  const inputNames = Array.from({ length: reader.varint() }, () => reader.text());
  const options = { ...constants, inputNames };
  const layout = new ForecastLayout(options.stepMs, options.lags, inputNames);
  const figures = freshFigures();
  for (const name of FIGURES) figures[name] = reader.float64();
  return new Forecaster(options, {
    figures,
    history: ReadingHistory.read(reader, layout.depth * options.stepMs),
    scaler: FeatureScaler.read(reader, layout.scaledSize),
    regression: RecursiveLeastSquares.read(reader, layout.size),
    errors: ForecastErrors.read(reader),
    drift: PageHinkley.read(reader),
    inputs: readNumbers(reader, inputNames.length),
    inputsBefore: readNumbers(reader, inputNames.length),
    pending: readPending(reader, layout.size),
    outcome: readOutcome(reader),
  });
}

function writePending(writer: ByteWriter, pending: Pending | undefined): void {
  writer.uint8(pending ? 1 : 0);
  if (!pending) return;
  for (const value of [pending.targetMs, pending.predicted, pending.change]) writer.float64(value);
  writeNumbers(writer, pending.columns);
}

function readPending(reader: ByteReader, size: number): Pending | undefined {
  if (reader.uint8() === 0) return undefined;
  const [targetMs, predicted, change] = [reader.float64(), reader.float64(), reader.float64()];
  return { targetMs, predicted, change, columns: readNumbers(reader, size) };
}

function writeOutcome(writer: ByteWriter, { predicted, score, isAnomaly, isDrift }: Outcome): void {
  writer.float64(predicted);
  writer.float64(score);
  writer.uint8((isAnomaly ? ANOMALY : 0) + (isDrift ? DRIFT : 0));
}

function readOutcome(reader: ByteReader): Outcome {
  const [predicted, score, flags] = [reader.float64(), reader.float64(), reader.uint8()];
  return { predicted, score, isAnomaly: (flags & ANOMALY) > 0, isDrift: (flags & DRIFT) > 0 };
}

function writeNumbers(writer: ByteWriter, numbers: Float64Array): void {
  for (const value of numbers) writer.float64(value);
}

function readNumbers(reader: ByteReader, length: number): Float64Array {
  return Float64Array.from({ length }, () => reader.float64());
}
