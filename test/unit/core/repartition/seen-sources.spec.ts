import type { RecordOrigin } from '../../../../src/core/repartition/record-origin';
import { SeenSources } from '../../../../src/core/repartition/seen-sources';

const record = (partition: number, offset: number, watermarkMs = 0, index = 0): RecordOrigin => ({
  ...{ partition, offset: BigInt(offset), index, watermarkMs, isMark: false },
});
const mark = (partition: number, watermarkMs: number): RecordOrigin => ({
  ...{ partition, offset: 1_000n, index: 0, watermarkMs, isMark: true },
});

describe('what a task has seen of the source', () => {
  it('is, for each partition by itself, the greatest offset and index; what is not beyond it is dropped', () => {
    const seen = new SeenSources(2);
    expect(
      [record(0, 5), record(0, 5), record(0, 4), record(1, 4), record(0, 7), record(0, 6)].map((one) => seen.take(one)),
    ).toEqual([true, false, false, true, true, false]);
    expect([record(0, 7, 0, 1), record(0, 7, 0, 1), record(0, 7, 0, 0)].map((one) => seen.take(one))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('drops what an owner that woke up late appends again, wherever its successor is', () => {
    const seen = new SeenSources(1);
    const owner = [0, 1, 2, 3];
    const successor = [1, 2, 3, 4];
    const zombie = [4, 5];
    const log = [...owner, ...zombie.slice(0, 1), ...successor, ...zombie.slice(1), 5, 6];
    expect(log.filter((offset) => seen.take(record(0, offset)))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('has no time before each partition has told its own, then the least', () => {
    const seen = new SeenSources(3);
    const times = [record(0, 0, 500), mark(1, 300), mark(2, 400), mark(1, 600), record(2, 0, 900)].map((origin) => {
      seen.take(origin);
      return seen.watermarkMs;
    });
    expect(times).toEqual([-1, -1, 300, 400, 500]);
  });

  it('is not held back by a partition that has accepted nothing, until it does', () => {
    const seen = new SeenSources(2);
    seen.take(record(0, 0, 500));
    seen.take(mark(1, -1));
    expect(seen.watermarkMs).toBe(500);
    seen.take(record(1, 0, 100));
    expect(seen.watermarkMs).toBe(100);
    seen.take(mark(1, -1));
    expect(seen.watermarkMs).toBe(100);
  });

  it('has no time while no partition has any', () => {
    const seen = new SeenSources(2);
    seen.take(mark(0, -1));
    seen.take(mark(1, -1));
    expect(seen.watermarkMs).toBe(-1);
  });

  it('never goes back for a mark of an owner that woke up late', () => {
    const seen = new SeenSources(1);
    seen.take(mark(0, 500));
    seen.take(mark(0, 200));
    expect(seen.watermarkMs).toBe(500);
  });

  it('goes on from what was committed', () => {
    const before = new SeenSources(2);
    before.take(record(1, 9, 700));
    before.take(mark(0, -1));
    const seen = new SeenSources(2, { restored: before.progress });
    expect(seen.watermarkMs).toBe(700);
    expect([record(1, 9), record(1, 10)].map((one) => seen.take(one))).toEqual([false, true]);
  });

  it('drops partials of complete ranges as records are dropped, and leaves growing ones to accumulators', () => {
    const seen = new SeenSources(1, { takesPartials: true });
    const partial = (offset: number, index: number, end: number, isComplete: boolean): RecordOrigin => ({
      ...record(0, offset, 0, index),
      partial: { keyText: 'a', end: BigInt(end), count: 1, fresh: 1, isComplete },
    });
    const come = [
      partial(9, 1, 3, false),
      partial(9, 1, 3, false),
      partial(9, 1, 9, true),
      partial(9, 1, 9, true),
      partial(9, 1, 8, false),
      partial(9, 2, 7, true),
      record(0, 9),
    ];
    expect(come.map((one) => seen.take(one))).toEqual([true, true, true, false, false, true, false]);
  });

  it('drops a partial that ends before a mark or a record that came', () => {
    const seen = new SeenSources(1, { takesPartials: true });
    const partial = (end: number): RecordOrigin => ({
      ...record(0, 2_047, 0, 1),
      partial: { keyText: 'a', end: BigInt(end), count: 1, fresh: 1, isComplete: false },
    });
    seen.take(mark(0, 0));
    expect([partial(1_000), partial(1_001)].map((one) => seen.take(one))).toEqual([false, true]);
    seen.take(record(0, 1_005));
    const restored = new SeenSources(1, { restored: seen.progress, takesPartials: true });
    expect([partial(1_005), partial(1_006)].map((one) => restored.take(one))).toEqual([false, true]);
  });
});
