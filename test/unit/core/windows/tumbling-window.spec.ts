import { TumblingWindowAssigner } from '../../../../src/core/windows/tumbling-window';

it('aligns windows to the epoch, start inclusive and end exclusive', () => {
  const assigner = new TumblingWindowAssigner(60_000);
  expect(assigner.assign(59_999)[0]).toMatchObject({ startMs: 0, endMs: 60_000 });
  expect(assigner.assign(60_000)[0]).toMatchObject({ startMs: 60_000, endMs: 120_000 });
});

it('shifts windows by the offset, also those before it', () => {
  const assigner = new TumblingWindowAssigner(60_000, 15_000);
  expect(assigner.assign(14_999)[0]).toMatchObject({ startMs: -45_000, endMs: 15_000 });
  expect(assigner.assign(15_000)[0]).toMatchObject({ startMs: 15_000, endMs: 75_000 });
});

it('gives the same window object while records stay in it', () => {
  const assigner = new TumblingWindowAssigner(1_000);
  expect(assigner.assign(10)).toBe(assigner.assign(999));
});
