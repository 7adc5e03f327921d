import { nowcastPm25 } from '../../../../src/core/air-quality/nowcast';
import { accumulate, decoded, encoded, type Sample } from '../../../support/aggregate-samples';
import { called } from '../../../support/called-aggregate';

const HOUR_MS = 3_600_000;
/** A fire's smoke, the newest hour first, as in the tests of the formula. */
const SMOKE = [13, 16, 10, 21, 74, 64, 53, 82, 90, 75, 80, 50];
const NEWEST_HOUR = 400_000;

const air = called('nowcast(pm25)');

/** One record in the middle of each hour that has a value, the newest hour first in `values`. */
const hourly = (values: readonly (number | null)[], newest = NEWEST_HOUR): Sample[] =>
  values.flatMap((value, age) =>
    value === null ? [] : [{ value, timeMs: (newest - age + 0.5) * HOUR_MS, offset: BigInt(age) }],
  );
const endOfHour = (hour: number): number => (hour + 1) * HOUR_MS - 1;
const at = (samples: readonly Sample[], lastMs?: number) => air.result(accumulate(air, samples), lastMs);

describe('nowcast(pm25)', () => {
  it('is the NowCast of the hourly means, and its index and category', () => {
    expect(at(hourly(SMOKE))).toEqual({ pm25: 13, nowcast: 17.4, aqi: 66, band: 'moderate', hours: 12 });
  });

  it('takes the mean of several records in an hour', () => {
    const two = [20, 10].flatMap((value, i) =>
      hourly([value, value + 2], NEWEST_HOUR).map((one) => ({ ...one, offset: BigInt(i) })),
    );
    expect(at(two)).toMatchObject({ pm25: 15, nowcast: nowcastPm25([15, 17]), hours: 2 });
  });

  it('is of the hour in which the window ends, though nothing was measured in it', () => {
    const samples = hourly([null, 40, 30]);
    expect(at(samples, endOfHour(NEWEST_HOUR))).toMatchObject({
      pm25: null,
      nowcast: nowcastPm25([null, 40, 30]),
      hours: 2,
    });
    expect(at(samples)).toMatchObject({ pm25: 40, nowcast: nowcastPm25([40, 30]) });
  });

  it('is null once fewer than two of the newest three hours have a mean', () => {
    const samples = hourly([40, 30, 20]);
    expect(at(samples, endOfHour(NEWEST_HOUR + 1))).toMatchObject({ nowcast: nowcastPm25([null, 40, 30, 20]) });
    expect(at(samples, endOfHour(NEWEST_HOUR + 2))).toEqual({
      pm25: null,
      nowcast: null,
      aqi: null,
      band: null,
      hours: 3,
    });
  });

  it('forgets what is more than eleven hours older than the newest, in whatever order it came', () => {
    const all = hourly([...SMOKE, 999, 999]);
    expect(at(all)).toEqual(at(hourly(SMOKE)));
    expect(at([...all].reverse())).toEqual(at(hourly(SMOKE)));
    const state = accumulate(air, all);
    expect(encoded(air, state).length).toBeLessThanOrEqual(2 + 12 * 23);
  });

  it('is the same however its hours are merged, and read back', () => {
    const [older, newer] = [hourly(SMOKE).slice(5), hourly(SMOKE).slice(0, 5)];
    const merged = accumulate(air, newer);
    air.merge(merged, decoded(air, encoded(air, accumulate(air, older))));
    expect(air.result(merged)).toEqual(at(hourly(SMOKE)));
  });
});
