import { aqiPm25 } from '../../../../src/core/air-quality/aqi';
import { nowcastPm25 } from '../../../../src/core/air-quality/nowcast';

/** The hours of a fire's smoke that leaves, newest first. */
const SMOKE = [13, 16, 10, 21, 74, 64, 53, 82, 90, 75, 80, 50];

describe('the NowCast of PM2.5', () => {
  it('weighs by halves when the air changes fast', () => {
    // 1 - (90 - 10) / 90 = 0.11 is raised to 0.5; sum of c / 2^i = 34.8193, over 1.99951.
    expect(nowcastPm25(SMOKE)).toBe(17.4);
  });

  it('weighs by least over greatest while the air changes slowly', () => {
    // w = 30 / 40; (40 + 30 * 0.75) / 1.75 = 35.714.
    expect(nowcastPm25([40, 30])).toBe(35.7);
  });

  it('of equal hours is that of one', () => expect(nowcastPm25(Array(12).fill(35.9))).toBe(35.9));

  it('keeps the age of each hour when one between is missing', () => {
    // w = 0.5; (10 + 40 * 0.25) / 1.25.
    expect(nowcastPm25([10, null, 40])).toBe(16);
  });

  it('counts twelve hours and no more', () => expect(nowcastPm25([...SMOKE, 500])).toBe(nowcastPm25(SMOKE)));

  it.each([[[null, null, 5, 5, 5]], [[5, null, null, 5, 5]], [[5]], [[]]])(
    'of %j is null: fewer than two of the newest three hours are there',
    (hours) => {
      expect(nowcastPm25(hours)).toBeNull();
    },
  );

  it('of clean air is 0', () => expect(nowcastPm25([0, 0, 0])).toBe(0));

  it('refuses what is no concentration', () => expect(() => nowcastPm25([1, '2', 3])).toThrow(RangeError));

  it('gives an index of its own, as the EPA reports it', () => expect(aqiPm25(nowcastPm25(SMOKE)!)).toBe(66));
});
