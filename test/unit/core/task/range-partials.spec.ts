import { shuffleStage } from '../../../../src/core/repartition/two-stages';
import { decodePartial } from '../../../../src/core/repartition/partial';
import type { ForwardedRecord } from '../../../../src/core/task/forwarded-record';
import type { Task } from '../../../../src/core/task/task';
import { compiledWith, type Reading, recordOf } from '../../../support/pipelines';
import { StoredTask } from '../../../support/stored-task';

const RANGE = 4;
const pipeline = compiledWith({
  aggregate: { n: 'count()', total: 'sum(x)' },
  repartition: { when: 'always', preAggregate: true, range: RANGE },
});
const inner = pipeline.partials!.aggregates;

/** Results of a partial, or what else was forwarded. */
function told({ record, keyText, origin }: ForwardedRecord): string {
  const place = `${origin.offset}.${origin.index}`;
  if (origin.isMark) return 'mark';
  if (!origin.partial) return `record ${place}`;
  const { accumulators } = decodePartial(inner, record!.value!);
  const values = inner.map(({ aggregator }, i) => JSON.stringify(aggregator.result(accumulators[i] as never)));
  const { end, fresh, isComplete } = origin.partial;
  return `${isComplete ? 'complete' : 'partial'} ${place} ${keyText} to ${end}: ${values.join(' ')}, ${fresh} fresh`;
}

describe('the shuffle of a pipeline that aggregates first', () => {
  let stored: StoredTask;
  let task: Task;
  const read = async (...readings: Reading[]): Promise<string[]> => {
    const from = Number(task.position);
    for (const [i, reading] of readings.entries()) await stored.process(task, recordOf(from + i, reading));
    return (await stored.drain(task)).flatMap(({ forwarded }) => forwarded.map(told));
  };
  const of = (key: string, at: number, x: number | null = 1): Reading => ({ key, at, x });

  beforeEach(async () => {
    const id = { pipeline: 'test.shuffle', partition: 3 };
    stored = new StoredTask({
      ...{ id, pipeline: shuffleStage(pipeline), generation: 1n, startOffset: 0n, shownUpTo: 0n, cacheBytes: Infinity },
      ...{ maxRows: 1_000, maxBytes: 1 << 20, keyedByMessage: false, forwards: true },
    });
    task = await stored.claim();
  });

  it('sends a partial of each key and window that has changed, then the time', async () => {
    expect(await read(of('a', 1), of('b', 2), of('a', 3, null))).toEqual([
      'partial 3.1 a to 3: 2 1, 2 fresh',
      'partial 3.2 b to 2: 1 1, 1 fresh',
      'mark',
    ]);
  });

  it('sends it again as it grows, complete with the last offset of its range', async () => {
    await read(of('a', 1), of('b', 2));
    expect(await read(of('a', 3))).toEqual(['partial 3.1 a to 3: 2 2, 1 fresh', 'mark']);
    expect(await read(of('a', 4), of('a', 5))).toEqual([
      'complete 3.1 a to 4: 3 3, 1 fresh',
      'partial 7.1 a to 5: 1 1, 1 fresh',
      'mark',
    ]);
  });

  it('sends nothing twice, neither at the end of its range nor after a restart', async () => {
    await read(of('a', 1), of('b', 2), of('a', 3));
    task = await stored.claim();
    expect(await read()).toEqual(['mark']);
    expect(await read(of('b', 4))).toEqual(['complete 3.2 b to 4: 2 2, 1 fresh', 'mark']);
    expect(task.stateSize.keys).toBe(0);
  });

  it('lets a record that is late for its own partition go on by itself, after what came before it', async () => {
    expect(await read(of('a', 1), of('a', 12), of('b', 2), of('a', 13))).toEqual([
      'partial 3.1 a to 1: 1 1, 1 fresh',
      'partial 3.2 a to 2: 1 1, 1 fresh',
      'record 2.0',
      'complete 3.2 a to 4: 2 2, 1 fresh',
      'mark',
    ]);
  });

  it('begins ranges at multiples, whatever offsets hold no record', async () => {
    await stored.process(task, recordOf(6, of('a', 1)));
    await stored.process(task, recordOf(21, of('a', 2)));
    expect((await stored.drain(task)).flatMap(({ forwarded }) => forwarded.map(told))).toEqual([
      'complete 7.1 a to 7: 1 1, 1 fresh',
      'partial 23.1 a to 22: 1 1, 1 fresh',
      'mark',
    ]);
  });
});
