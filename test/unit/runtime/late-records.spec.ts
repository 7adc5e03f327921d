import { TransientError } from '../../../src/core/errors';
import { compiledWith, EPOCH_MS, type Reading } from '../../support/pipelines';
import { type Owner, RunnerHarness } from '../../support/runner-harness';
import { waitUntil } from '../../support/wait-until';

const at = (second: number): Reading => ({ key: 'a', at: second, x: 1 });
/** The third is 15 s after the end of its window, [0, 10). */
const READINGS = [at(5), at(25), at(7), at(26)];

describe('late records', () => {
  let harness: RunnerHarness;
  let owner: Owner;
  const run = async (late: unknown): Promise<void> => {
    const emit = { on: 'close' };
    harness = new RunnerHarness(compiledWith({ checkpoint: { interval: '10ms' }, emit, late }));
    await harness.createTopic();
    owner = await harness.own();
    await harness.produce(...READINGS);
    await waitUntil('all is processed', () => owner.runner.status().tasks[0]?.nextOffset === '4');
    await owner.runner.flush(5_000);
  };
  const closed = () => harness.tables.rows('test').map(({ values, final }) => [values?.['n'], final]);
  afterEach(() => harness.end());

  it.each([
    ['dropped', 'drop', 1],
    ['forwarded', { topic: 'readings.late' }, 1],
    ['put right', { amend: '7d' }, 2],
  ])('are counted when they are %s', async (_, late, count) => {
    await run(late);
    const { tasks, lateness, closedRows } = owner.runner.status();
    expect(tasks[0]!.counts).toEqual({ accepted: 3, filtered: 0, late: 1, dead: 0 });
    expect(lateness).toMatchObject({ records: 4, lateRecords: 1, maxMs: 15_000, grace99Ms: 15_001 });
    expect(closed()).toEqual([[count, true]]);
    expect(closedRows!.watermark).toBeGreaterThanOrEqual(1);
  });

  it('go to their topic once, with when and why', async () => {
    await run({ topic: 'readings.late' });
    expect(harness.lateRecords).toEqual([
      {
        ...{ pipeline: 'test', to: 'readings.late', topic: 'readings', partition: 0, latenessMs: 15_000 },
        ...{ eventTimeMs: EPOCH_MS + 7_000, watermarkMs: EPOCH_MS + 25_000 },
        record: expect.objectContaining({ offset: 2n }),
      },
    ]);
  });

  it('are not sent again when they are put right', async () => {
    await run({ amend: '7d' });
    expect(harness.lateRecords).toEqual([]);
  });

  it('are in their topic before anything is committed', async () => {
    harness = new RunnerHarness(compiledWith({ checkpoint: { interval: '10ms' }, late: { topic: 'readings.late' } }));
    harness.lateTopicAway = new TransientError('the late topic has no leader');
    await harness.createTopic();
    owner = await harness.own();
    await harness.produce(...READINGS);
    await waitUntil('the task waits', () => owner.runner.status().reason === 'the late topic has no leader');
    const committed = async () => (await harness.store.peek({ pipeline: 'test', partition: 0 }))?.progress.nextOffset;
    expect(Number((await committed()) ?? 0n)).toBeLessThanOrEqual(2);
    harness.lateTopicAway = undefined;
    await waitUntil('the offset is committed', async () => (await committed()) === 4n);
    expect(harness.lateRecords).toHaveLength(1);
  });
});
