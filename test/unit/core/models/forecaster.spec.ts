import { ByteReader, ByteWriter } from '../../../../src/core/aggregates/bytes';
import { Forecaster } from '../../../../src/core/models/forecaster';
import { readForecaster, writeForecaster } from '../../../../src/core/models/forecaster-codec';
import { forecastView } from '../../../../src/core/models/forecast-view';
import { seededRandom } from '../../../support/random';

const STEP_MS = 60_000;
const OPTIONS = { stepMs: STEP_MS, lags: 3, inputNames: ['a', 'b'] };
const START_MS = 1_600_000_020_000;

/** A series that swings around 50, and follows its first input one step later. */
function series(model: Forecaster, from: number, to: number, random = seededRandom(3)): void {
  for (let i = from; i < to; i++) {
    const inputs = Float64Array.of(Math.round(random() * 10), i % 7 === 0 ? NaN : random());
    model.observe(START_MS + i * STEP_MS, 50 + 10 * random(), inputs);
  }
}

function encoded(model: Forecaster): Uint8Array {
  const writer = new ByteWriter();
  writeForecaster(writer, model);
  return writer.take();
}

const copied = (model: Forecaster): Forecaster => readForecaster(new ByteReader(encoded(model)), OPTIONS);

describe('a forecaster', () => {
  it('learns what follows from an input', () => {
    const model = Forecaster.fresh(OPTIONS);
    const random = seededRandom(8);
    let input = 0;
    for (let i = 0; i < 3000; i++) {
      const value = 100 + 5 * input;
      input = Math.round(random() * 10);
      model.observe(START_MS + i * STEP_MS, value, Float64Array.of(input, 0));
    }
    const { model: ofModel, last } = model.parts.errors.recent!;
    expect(ofModel).toBeLessThan(0.1 * last);
  });

  it('is the same to the last bit after it was stored', () => {
    const random = seededRandom(4);
    const whole = Forecaster.fresh(OPTIONS);
    series(whole, 0, 200, random);
    const restored = copied(whole);
    expect(encoded(restored)).toEqual(encoded(whole));
    series(whole, 200, 400, seededRandom(9));
    series(restored, 200, 400, seededRandom(9));
    expect(encoded(restored)).toEqual(encoded(whole));
  });

  it.each([
    ['comes again', (newestMs: number) => [newestMs, 60] as const],
    ['is older than the newest', (newestMs: number) => [newestMs - STEP_MS, 60] as const],
    ['is no measurement', (newestMs: number) => [newestMs + STEP_MS, 1e300] as const],
  ])('changes nothing but a counter for a reading that %s', (_, readingAfter) => {
    const model = Forecaster.fresh(OPTIONS);
    series(model, 0, 150);
    const calm = copied(model);
    const [timeMs, value] = readingAfter(model.parts.history.newest!.timeMs);
    model.observe(timeMs, value, Float64Array.of(1, 1));
    expect(model.parts.figures.ignored).toBe(1);
    calm.parts.figures.ignored = 1;
    expect(encoded(model)).toEqual(encoded(calm));
  });

  it('judges nothing after a gap: no prediction was about that time', () => {
    const model = Forecaster.fresh(OPTIONS);
    series(model, 0, 100);
    const { count } = model.parts.errors;
    model.observe(START_MS + 101 * STEP_MS, 55, Float64Array.of(1, 1));
    expect(model.parts.errors.count).toBe(count);
    expect(model.parts.outcome.predicted).toBeNaN();
    model.observe(START_MS + 102 * STEP_MS, 55, Float64Array.of(1, 1));
    expect(model.parts.errors.count).toBe(count + 1);
  });

  it('flags a reading far from what was predicted, and only that', () => {
    const model = Forecaster.fresh(OPTIONS);
    series(model, 0, 300);
    expect(model.parts.outcome.isAnomaly).toBe(false);
    model.observe(START_MS + 300 * STEP_MS, 500, Float64Array.of(1, 1));
    expect(model.parts.outcome.isAnomaly).toBe(true);
    expect(model.parts.outcome.score).toBeGreaterThan(50);
  });

  it('notices that errors have become larger for good', () => {
    const model = Forecaster.fresh(OPTIONS);
    series(model, 0, 1000);
    expect(model.parts.figures.drifts).toBe(0);
    const random = seededRandom(1);
    for (let i = 1000; i < 1300; i++) {
      model.observe(START_MS + i * STEP_MS, 50 + 60 * random(), Float64Array.of(1, 1));
    }
    expect(model.parts.figures.drifts).toBeGreaterThan(0);
    expect(model.parts.figures.lastDriftMs).toBeGreaterThan(START_MS + 1000 * STEP_MS);
  });

  it('never predicts what was never read', () => {
    const model = Forecaster.fresh(OPTIONS);
    series(model, 0, 300);
    const { least, greatest } = model.parts.figures;
    const { timeMs } = model.parts.history.newest!;
    for (const value of [-1e6, 1e6]) {
      const predicted = model.predict(timeMs + STEP_MS, value, Float64Array.of(NaN, NaN));
      expect(predicted).toBeGreaterThanOrEqual(least);
      expect(predicted).toBeLessThanOrEqual(greatest);
    }
  });

  it('predicts from a given reading what it would predict after it, and learns nothing from that', () => {
    const model = Forecaster.fresh(OPTIONS);
    series(model, 0, 300);
    const before = encoded(model);
    const { history, inputs, pending } = model.parts;
    expect(model.predict(history.newest!.timeMs, history.newest!.value, inputs)).toBe(pending!.predicted);
    expect(encoded(model)).toEqual(before);
  });

  it('shows its parameters when a version is made, and not in between', () => {
    const model = Forecaster.fresh(OPTIONS);
    const shown: unknown[] = [];
    for (let i = 0; i < 12; i++) {
      model.observe(START_MS + i * STEP_MS, i % 3, Float64Array.of(1, 1));
      const { version, learned, parameters } = forecastView(model, 5) as Record<string, unknown>;
      if (parameters !== null) shown.push([version, learned]);
    }
    expect(shown).toEqual([
      [1, 5],
      [2, 10],
    ]);
  });
});
