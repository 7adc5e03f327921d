import fc from 'fast-check';
import type { Case, Kind } from './case';
import { casesOf } from './case.arbitrary';

const SAMPLE = { seed: 1, numRuns: 200 };

/** Of each record: its time after stream time as it was, in ms. */
function aheadOfTime({ readings }: Case): number[] {
  let streamTimeMs = readings[0]?.atMs ?? 0;
  return readings.map(({ atMs }) => {
    const aheadMs = atMs - streamTimeMs;
    streamTimeMs = Math.max(streamTimeMs, atMs);
    return aheadMs;
  });
}

describe.each<Kind>(['tumbling', 'hopping', 'sliding', 'session'])('200 random cases of %s windows', (kind) => {
  const cases = fc.sample(casesOf(kind), SAMPLE);
  const share = (holds: (one: Case) => boolean): number => cases.filter(holds).length / cases.length;

  it('have records in order, out of order, and at one time', () => {
    expect(share((one) => one.readings.length > 10 && aheadOfTime(one).every((ms) => ms >= 0))).toBeGreaterThan(0.1);
    expect(share((one) => aheadOfTime(one).some((ms) => ms < 0))).toBeGreaterThan(0.5);
    expect(share((one) => aheadOfTime(one).slice(1).includes(0))).toBeGreaterThan(0.3);
  });

  it.each([-1, 0, 1])('have records %i ms from where the grace of their window ends', (ms) => {
    const atEdge = (one: Case): boolean => {
      const { sizeMs, graceMs } = one.window;
      return aheadOfTime(one).some((aheadMs) => aheadMs === ms - sizeMs - graceMs);
    };
    expect(share(atEdge)).toBeGreaterThan(0.1);
  });

  it('have short and long windows, some and no grace, few and many keys', () => {
    const keysOf = ({ readings }: Case): number => new Set(readings.map(({ key }) => key)).size;
    expect(share(({ window }) => window.sizeMs < 20)).toBeGreaterThan(0.2);
    expect(share(({ window }) => window.sizeMs >= 10_000)).toBeGreaterThan(0.2);
    expect(share(({ window }) => window.graceMs === 0)).toBeGreaterThan(0.1);
    expect(share(({ window }) => window.graceMs > window.sizeMs)).toBeGreaterThan(0.1);
    expect(share((one) => keysOf(one) === 1)).toBeGreaterThan(0.05);
    expect(share((one) => keysOf(one) > 8)).toBeGreaterThan(0.1);
  });
});
