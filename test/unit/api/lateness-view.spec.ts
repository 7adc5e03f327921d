import { latenessView } from '../../../src/api/lateness-view';
import { roundedUpText } from '../../../src/api/rounded-up-text';

const some = { p50Ms: 800, p99Ms: 11_000, maxMs: 40_000 };

describe('advice on lateness', () => {
  it('names the grace that would have kept 99.9 % of the records, and what the present one kept', () => {
    const figures = { records: 10_000, lateRecords: 280, ...some, grace99Ms: 1_200, grace999Ms: 11_345 };
    expect(latenessView(figures, 1_000)).toEqual({
      ...{ records: 10_000, lateRecords: 280, ...some },
      ...{ share: 0.028, keep99: '1200ms', keep999: '12s' },
      advice: 'grace 12s would have kept 99.9 % of the records; grace 1s kept 97.2 % of the records',
    });
  });

  it('asks for nothing when the present grace keeps 99.9 %', () => {
    const figures = { records: 100_000, lateRecords: 1, ...some, grace99Ms: null, grace999Ms: null };
    expect(latenessView(figures, 3_600_000)).toMatchObject({
      ...{ keep99: '1h', keep999: '1h' },
      advice: 'grace 1h kept 99.99 % of the records',
    });
  });

  it('says in plain words that no record was late, or that none came', () => {
    const none = { lateRecords: 0, p50Ms: null, p99Ms: null, maxMs: null, grace99Ms: null, grace999Ms: null };
    expect(latenessView({ records: 9, ...none }, 0)).toMatchObject({
      ...{ share: 0, keep99: '0s', keep999: '0s' },
      advice: 'no record was late with grace 0s',
    });
    expect(latenessView({ records: 0, ...none }, 0)).toMatchObject({ share: 0, advice: 'no record yet' });
  });

  it.each([
    [9_999, '9999ms'],
    [12_345, '13s'],
    [599_999, '10m'],
    [600_001, '11m'],
    [90_000_000, '25h'],
    [864_000_001, '11d'],
  ])('rounds %d ms up to %s', (ms, text) => expect(roundedUpText(ms)).toBe(text));
});
