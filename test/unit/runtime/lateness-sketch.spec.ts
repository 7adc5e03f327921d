import fc from 'fast-check';
import { LatenessSketch } from '../../../src/runtime/lateness-sketch';

function sketchOf(accepted: number, lateness: readonly number[]): LatenessSketch {
  const sketch = new LatenessSketch();
  sketch.addAccepted(accepted);
  for (const ms of lateness) sketch.addLate(ms);
  return sketch;
}

describe('how late records are', () => {
  it('is nothing while none is late', () => {
    const none = { p50Ms: null, p99Ms: null, maxMs: null, grace99Ms: null, grace999Ms: null };
    expect(sketchOf(5, []).figures()).toEqual({ records: 5, lateRecords: 0, ...none });
  });

  it('is told of late records, and the grace of all records', () => {
    const figures = sketchOf(980, [...Array.from({ length: 19 }, () => 1_000), 60_000]).figures();
    expect(figures).toMatchObject({ records: 1_000, lateRecords: 20, maxMs: 60_000 });
    expect(figures.p50Ms).toBeGreaterThanOrEqual(1_000);
    expect(figures.p50Ms).toBeLessThanOrEqual(1_021);
    expect(figures.grace99Ms).toBe(figures.p50Ms! + 1);
    expect(figures.grace999Ms).toBe(figures.grace99Ms);
  });

  it('asks for no longer grace when the records were kept as it was, to the last record', () => {
    expect(sketchOf(999, [7]).figures().grace999Ms).toBeNull();
    expect(sketchOf(998, [7]).figures().grace999Ms).toBe(8);
    expect(sketchOf(998, [7, 7]).figures()).toMatchObject({ grace99Ms: null, grace999Ms: 8 });
  });

  it('counts a record that missed its window by nothing: a grace of 1 ms keeps it', () => {
    expect(sketchOf(0, [0]).figures()).toMatchObject({ p50Ms: 0, maxMs: 0, grace99Ms: 1 });
  });

  it('names a grace that keeps as many records as it says, and none that is 3 % too long', () => {
    const lateness = fc.array(fc.integer({ min: 0, max: 400 * 86_400_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.nat(3_000), lateness, (accepted, late) => {
        const total = accepted + late.length;
        const kept = (graceMs: number): number => accepted + late.filter((ms) => graceMs > ms).length;
        const { grace99Ms, grace999Ms } = sketchOf(accepted, late).figures();
        for (const [graceMs, perMille] of [
          [grace99Ms, 990],
          [grace999Ms, 999],
        ] as const) {
          const isEnough = (records: number): boolean => records * 1_000 >= perMille * total;
          if (graceMs === null) expect(isEnough(accepted)).toBe(true);
          else {
            expect(isEnough(kept(graceMs))).toBe(true);
            expect(isEnough(kept(Math.floor(graceMs / 1.03) - 1))).toBe(false);
          }
        }
      }),
    );
  });
});
