import { parseAggregateCall } from '../../../../src/core/pipeline/aggregate-call';
import { STANDARD_LANGUAGE } from '../../../../src/core/pipeline/language';
import type { Sample } from '../../../support/aggregate-samples';
import { resultOfSamples } from '../../../support/called-aggregate';

const MINUTE_MS = 60_000;
const EPOCH_MS = 1_700_000_040_000 - (1_700_000_040_000 % MINUTE_MS);

/** In the order of arrival, each at so many minutes. */
const samples = (...all: readonly [value: number, minutes: number][]): Sample[] =>
  all.map(([value, minutes], i) => ({ value, timeMs: EPOCH_MS + minutes * MINUTE_MS, offset: BigInt(i) }));
const of = (...all: readonly [value: number, minutes: number][]) =>
  resultOfSamples("trend(x, '10m', '1m')", samples(...all));

describe('trend(x, span, step)', () => {
  it('says from where to where the last values of steps went', () => {
    expect(of([80, 0], [100, 0.9], [110, 5], [120, 10], [125, 10.5])).toMatchObject({
      ...{ from: 100, to: 125, change: 25, change_percent: 25, steps: 3 },
    });
  });

  it('begins with the step that lies one span before the newest, and forgets what is older', () => {
    expect(of([1, 0], [100, 1], [150, 11])).toMatchObject({ from: 100, to: 150, change: 50, steps: 2 });
    expect(of([150, 11], [100, 1], [1, 0])).toMatchObject({ from: 100, to: 150, change: 50, steps: 2 });
  });

  it('has no change under two steps', () => {
    expect(of([5, 0], [6, 0.5])).toEqual({
      ...{ from: 6, to: 6, change: null, change_percent: null, volatility: null, steps: 1 },
    });
  });

  it('has no percentage of nothing', () => {
    expect(of([0, 0], [6, 1])).toMatchObject({ change: 6, change_percent: null });
  });

  it('is as volatile as the logarithmic returns of neighbouring steps deviate', () => {
    const returns = [Math.log(110 / 100), Math.log(99 / 110), Math.log(100 / 99)];
    const mean = returns.reduce((sum, one) => sum + one, 0) / 3;
    const squares = returns.reduce((sum, one) => sum + (one - mean) ** 2, 0);
    expect(of([100, 0], [110, 1], [99, 2], [100, 3])).toMatchObject({
      volatility: expect.closeTo(Math.sqrt(squares / 2), 12) as number,
    });
  });

  it('leaves out returns over a gap and of values that have no logarithm', () => {
    const withGap = of([100, 0], [110, 1], [99, 2], [500, 4], [0, 5], [7, 6]) as { volatility: number };
    const without = of([100, 0], [110, 1], [99, 2]) as { volatility: number };
    expect(withGap.volatility).toBe(without.volatility);
    expect(of([100, 0], [110, 1])).toMatchObject({ volatility: null });
  });

  it.each(["'10m', '3m'", "'2d', '1m'", "'1m', '10m'"])('refuses a span and a step of %s', (constants) => {
    expect(parseAggregateCall(`trend(x, ${constants})`, STANDARD_LANGUAGE)).toEqual({
      message: 'trend(x, span, step): span must be a multiple of step, and at most 1440 times as long',
    });
  });
});
