import { shuffleStage } from '../../../../src/core/repartition/two-stages';
import { Task } from '../../../../src/core/task/task';
import { compiledWith, type Reading, recordOf } from '../../../support/pipelines';

const pipeline = compiledWith({ where: 'x >= 0', repartition: 'always' });

describe('the shuffle of a partition that has accepted nothing', () => {
  let task: Task;
  /** Watermarks of the time marks that it tells after the readings. */
  const marks = (...readings: Reading[]): number[] => {
    const from = Number(task.position);
    task.process(readings.map((reading, i) => recordOf(from + i, reading)));
    const { forwarded = [] } = task.freeze(0) ?? {};
    task.committed();
    return forwarded.filter(({ origin }) => origin.isMark).map(({ origin }) => origin.watermarkMs);
  };

  beforeEach(() => {
    task = new Task({
      ...{ id: { pipeline: 'test.shuffle', partition: 3 }, pipeline: shuffleStage(pipeline), generation: 1n },
      ...{ checkpoint: undefined, startOffset: 0n, shownUpTo: 0n, cacheBytes: Infinity },
      ...{ maxRows: 1_000, maxBytes: 1 << 20, keyedByMessage: false, forwards: true },
    });
  });

  it('says nothing while its first record may be on its way', () => {
    expect(marks()).toEqual([]);
    expect(marks({ key: 'a', at: 1, x: -1 })).toEqual([]);
  });

  it('says once that it is idle, and asks for no further look', () => {
    task.advanceIdle(Date.now());
    expect(marks()).toEqual([-1]);
    expect(task.nextDueMs).toBe(Infinity);
    task.advanceIdle(Date.now());
    expect(marks()).toEqual([]);
  });

  it('tells its time once it has one', () => {
    task.advanceIdle(Date.now());
    marks();
    expect(marks({ key: 'a', at: 1, x: 1 })).toEqual([task.time.watermarkMs]);
    expect(task.time.watermarkMs).toBeGreaterThan(0);
    expect(task.nextDueMs).toBeLessThan(Infinity);
  });
});
