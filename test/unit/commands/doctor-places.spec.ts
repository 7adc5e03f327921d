import { MemoryLog } from '../../../src/adapters/memory/memory-log';
import { MemoryStateStore } from '../../../src/adapters/memory/memory-state-store';
import type { Finding } from '../../../src/commands/doctor/finding';
import { placeFindings } from '../../../src/commands/doctor/place-findings';
import type { TopicAdmin } from '../../../src/core/ports/topic-admin.port';
import { compiledWith } from '../../support/pipelines';
import { StoreOwner } from '../../support/store-owner';
import { delta, progress } from '../../support/store-samples';

const HOUR_MS = 3_600_000;
const NOW_MS = 1_700_000_000_000;
const TASK = { pipeline: 'test', partition: 0 };

/** One record for each hour back from now, the oldest first; the task has processed `processed` of `records`. */
async function world(records: number, processed: number, spec: Record<string, unknown> = {}) {
  const log = new MemoryLog({ now: () => NOW_MS });
  await log.ensure([{ topic: 'readings', partitions: 1, purpose: 'source' }]);
  for (let hour = records; hour > 0; hour--) {
    await log.send('readings', [{ key: null, value: null, timestampMs: NOW_MS - hour * HOUR_MS }]);
  }
  const store = new MemoryStateStore();
  const source = { topic: 'readings', format: 'json', time: { field: 't' }, partitions: 1 };
  const pipeline = compiledWith({ source, ...spec });
  const deployment = { generation: 2n, fingerprint: pipeline.fingerprint, repartitioned: false, partitions: 1 };
  await store.deploy('test', deployment);
  const owner = await StoreOwner.claim(store, TASK);
  await owner.commit(delta({ progress: { ...progress, nextOffset: BigInt(processed) } }));
  return async (retentionMs = -1, topics: Partial<TopicAdmin> = {}): Promise<Finding[]> => {
    const admin = Object.assign(Object.create(log) as TopicAdmin, topics);
    const ports = { stateStore: store, topics: admin, nowMs: NOW_MS, retentionMsOf: () => retentionMs };
    return (await placeFindings(pipeline, ports)).filter(({ level }) => level !== 'ok');
  };
}

describe('doctor on checkpoints and their log', () => {
  it('is content while the log has what is not processed, however much that is', async () => {
    const find = await world(10, 0);
    expect(await find()).toEqual([]);
    expect(await find(21 * HOUR_MS)).toEqual([]);
  });

  it('finds records that retention will delete before they are processed', async () => {
    const find = await world(10, 4);
    expect(await find(10 * HOUR_MS)).toMatchObject([
      {
        level: 'wrong',
        subject: 'checkpoints of test',
        text: expect.stringMatching(/^1 records of readings\/0 are not processed/),
      },
    ]);
    expect(await find(12 * HOUR_MS)).toEqual([]);
  });

  it('finds records that were deleted unprocessed, and a topic that was made anew', async () => {
    const find = await world(10, 4);
    const extents = (earliest: bigint, end: bigint) => ({
      extents: () => Promise.resolve(new Map([[0, { earliest, end }]])),
    });
    expect(await find(-1, extents(5n, 10n))).toMatchObject([
      { text: expect.stringContaining('were deleted unprocessed') },
    ]);
    expect(await find(-1, extents(0n, 3n))).toMatchObject([{ text: expect.stringContaining('made anew') }]);
  });

  it('finds too few partitions: for the processes that run, and for what the definition asks', async () => {
    const find = await world(1, 1);
    expect(await find(-1, { memberCount: () => Promise.resolve(3) })).toMatchObject([
      { level: 'warning', text: '1 partitions for 3 processes: 2 of them have nothing to do for test' },
    ]);
    const asks = await world(1, 1, {
      source: { topic: 'readings', format: 'json', time: { field: 't' }, partitions: 8 },
    });
    expect(await asks()).toMatchObject([{ level: 'warning', text: expect.stringContaining('asks for 8') }]);
  });

  it('finds partitions that were added under a pipeline with a key', async () => {
    const find = await world(1, 1);
    const two = { partitionCount: () => Promise.resolve(2) };
    expect(await find(-1, two)).toMatchObject([{ level: 'wrong', text: expect.stringContaining('keys have moved') }]);
  });
});
