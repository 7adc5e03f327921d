import { Forecaster } from '../../src/core/models/forecaster';
import { INPUT_NAMES, type PostReading, readingsByPost } from '../support/posts';
import { seededRandom } from '../support/random';

const HOUR_MS = 3_600_000;
const JUDGED_FROM_MS = Date.parse('2014-01-01T00:00:00+08:00');
/** As in pipelines/pm25-forecast.yaml. */
const OPTIONS = { stepMs: HOUR_MS, lags: 12, inputNames: INPUT_NAMES };

const posts = [...readingsByPost()].map(([location, readings]) => ({ location, readings }));

/** What was predicted for each reading before it was there; `NaN` where nothing was. */
function predictionsOf(readings: readonly PostReading[]): number[] {
  const model = Forecaster.fresh(OPTIONS);
  return readings.map(({ timeMs, pm25, inputs }) => {
    const { pending } = model.parts;
    const predicted = pending?.targetMs === timeMs ? pending.predicted : NaN;
    model.observe(timeMs, pm25, inputs);
    return predicted;
  });
}

/** Mean absolute errors over 2014 and 2015, each computed anew from the readings. */
function errorsOf(readings: readonly PostReading[]): { hours: number; model: number; last: number; mean: number } {
  const predictions = predictionsOf(readings);
  const sums = { hours: 0, model: 0, last: 0, mean: 0 };
  let total = 0;
  readings.forEach(({ timeMs, pm25 }, i) => {
    const before = readings[i - 1];
    if (before && timeMs - before.timeMs === HOUR_MS && timeMs >= JUDGED_FROM_MS) {
      sums.hours++;
      sums.model += Math.abs(predictions[i]! - pm25);
      sums.last += Math.abs(before.pm25 - pm25);
      sums.mean += Math.abs(total / i - pm25);
    }
    total += pm25;
  });
  const { hours } = sums;
  return { hours, model: sums.model / hours, last: sums.last / hours, mean: sums.mean / hours };
}

function withShuffledLabels(readings: readonly PostReading[], random: () => number): PostReading[] {
  const labels = readings.map(({ pm25 }) => pm25);
  for (let i = labels.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [labels[i], labels[j]] = [labels[j]!, labels[i]!];
  }
  return readings.map((reading, i) => ({ ...reading, pm25: labels[i]! }));
}

describe('the model of PM2.5, over 2014 and 2015 of the shipped readings', () => {
  it.each(posts)('predicts the next hour of $location better than the last hour does', ({ readings }) => {
    const { hours, model, last, mean } = errorsOf(readings);
    expect(hours).toBeGreaterThan(16_000);
    expect(model).toBeLessThan(0.99 * last);
    expect(last).toBeLessThan(mean);
  });

  it.each(posts)('does no better than the mean on shuffled labels of $location', ({ readings }) => {
    const { model, mean } = errorsOf(withShuffledLabels(readings, seededRandom(17)));
    expect(model).toBeGreaterThanOrEqual(mean);
    // Nor does it go astray: there is a mean to be learned.
    expect(model).toBeLessThan(1.05 * mean);
  });

  it('never looks ahead: whatever comes later, earlier predictions stay as they are', () => {
    const [{ readings }] = posts as [(typeof posts)[0]];
    const half = 5000;
    const changed = readings.slice(0, 2 * half).map((reading, i) => {
      const inputs = reading.inputs.map((input) => -3 * input);
      return i < half ? reading : { ...reading, inputs, pm25: 900 - (reading.pm25 % 900) };
    });
    const untouched = predictionsOf(readings.slice(0, 2 * half));
    const predictions = predictionsOf(changed);
    // The reading at `half` was predicted from those before it.
    expect(predictions.slice(0, half + 1)).toEqual(untouched.slice(0, half + 1));
    expect(predictions.slice(half + 1)).not.toEqual(untouched.slice(half + 1));
  });
});
