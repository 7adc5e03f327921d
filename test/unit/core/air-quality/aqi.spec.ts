import { aqiBand, aqiPm25 } from '../../../../src/core/air-quality/aqi';

/** Both ends of each category in table 6 of EPA-454/B-24-002 (May 2024). */
const BREAKPOINTS: readonly [pm25: number, index: number, band: string][] = [
  [0, 0, 'good'],
  [9, 50, 'good'],
  [9.1, 51, 'moderate'],
  [35.4, 100, 'moderate'],
  [35.5, 101, 'unhealthy for sensitive groups'],
  [55.4, 150, 'unhealthy for sensitive groups'],
  [55.5, 151, 'unhealthy'],
  [125.4, 200, 'unhealthy'],
  [125.5, 201, 'very unhealthy'],
  [225.4, 300, 'very unhealthy'],
  [225.5, 301, 'hazardous'],
  [325.4, 500, 'hazardous'],
];

describe('the air quality index of PM2.5', () => {
  it.each(BREAKPOINTS)('of %p is %p, %s', (pm25, index, band) => {
    expect(aqiPm25(pm25)).toBe(index);
    expect(aqiBand(pm25)).toBe(band);
  });

  it('is that of the worked example of the EPA: 35.9 is 102', () => expect(aqiPm25(35.9)).toBe(102));

  it.each([
    [9.09, 50],
    [35.49999, 100],
    [0.1 + 0.2 + 8.8, 51],
  ])('cuts %p to a tenth first', (pm25, index) => expect(aqiPm25(pm25)).toBe(index));

  it('goes on by the same line beyond the index', () => {
    expect(aqiPm25(425.3)).toBe(Math.round(500 + (199 / 99.9) * 99.9));
    expect(aqiBand(1000)).toBe('hazardous');
  });

  it('of what a drifting sensor gives below 0 is that of 0', () => {
    expect(aqiPm25(-3)).toBe(0);
    expect(aqiBand(-3)).toBe('good');
  });
});
