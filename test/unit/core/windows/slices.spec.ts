import { CumulativeSlices, HoppingSlices, type SlicePlan } from '../../../../src/core/windows/slices';

const over = (plan: SlicePlan, atMs: number): [number, number][] =>
  plan.windowsOver(plan.sliceAt(atMs)).map(({ startMs, endMs }) => [startMs, endMs]);

describe('slices', () => {
  it('are as long as the windows and their advance allow', () => {
    expect(new HoppingSlices(10, 4).sliceAt(7)).toMatchObject({ startMs: 6, endMs: 8 });
    expect(new HoppingSlices(10, 4, 1).sliceAt(7)).toMatchObject({ startMs: 7, endMs: 9 });
    expect(new CumulativeSlices(12, 3).sliceAt(7)).toMatchObject({ startMs: 6, endMs: 9 });
  });

  it('lie in every window that holds them, the one that ends first before the others', () => {
    expect(over(new HoppingSlices(10, 4), 17)).toEqual([
      [8, 18],
      [12, 22],
      [16, 26],
    ]);
    expect(over(new CumulativeSlices(12, 3), 17)).toEqual([
      [12, 18],
      [12, 21],
      [12, 24],
    ]);
  });

  it('have no window before 1970, but never none', () => {
    expect(over(new HoppingSlices(10, 4), 1)).toEqual([[0, 10]]);
    expect(over(new HoppingSlices(10, 4, 3), 1)).toEqual([
      [-5, 5],
      [-1, 9],
    ]);
  });
});
