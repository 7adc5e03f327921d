import type { PartitionExtent } from '../../../src/core/ports/record-source.port';
import { compiledWith, EPOCH_MS, type Reading } from '../../support/pipelines';
import { type Owner, RunnerHarness } from '../../support/runner-harness';
import { waitUntil } from '../../support/wait-until';

const at = (second: number, key = 'a'): Reading => ({ key, at: second, x: 1 });
const keys = (count: number): string[] => Array.from({ length: count }, (_, i) => `key-${i}`);

describe('an idle partition', () => {
  let harness: RunnerHarness;
  let owner: Owner;
  const start = async (changes: Record<string, unknown> = {}): Promise<void> => {
    const source = { topic: 'readings', format: 'json', time: { field: 't', idleAfter: '60s' } };
    const checkpoint = { interval: '10ms', maxRows: 10 };
    harness = new RunnerHarness(compiledWith({ source, emit: { on: 'close' }, checkpoint, ...changes }));
    await harness.createTopic();
    setClock(1);
    owner = await harness.own();
  };
  const setClock = (second: number): void => void (harness.clock.ms = EPOCH_MS + second * 1_000);
  const task = () => owner.runner.status().tasks[0];
  const processed = (records: number): Promise<unknown> =>
    waitUntil(`${records} records are processed`, () => task()?.nextOffset === String(records));
  afterEach(() => harness.end());

  it.each([
    ['tumbling', { kind: 'tumbling', size: '10s' }, 1],
    ['hopping', { kind: 'hopping', size: '10s', advance: '5s' }, 2],
    ['session', { kind: 'session', gap: '10s' }, 1],
  ])('closes %s windows of many keys over many checkpoints although no record comes', async (_, window, each) => {
    await start({ window });
    await harness.produce(...keys(95).map((key) => at(7, key)));
    await processed(95);
    expect(harness.tables.rows('test')).toEqual([]);
    setClock(1_000);
    await waitUntil('all are closed', () => harness.tables.rows('test').length === 95 * each);
    const reasons = harness.tables.rows('test').map(({ final, closeReason }) => [final, closeReason]);
    expect(new Set(reasons.map(String))).toEqual(new Set(['true,idle']));
    await waitUntil('the state is gone', () => task()?.openWindows === 0);
  });

  it('closes a window at the very moment that the clock allows, not before', async () => {
    await start();
    await harness.produce(at(7));
    await processed(1);
    harness.clock.ms = EPOCH_MS + 70_000 - 1;
    await waitUntil('time has moved on', () => task()?.watermarkMs === EPOCH_MS + 10_000 - 1);
    await owner.runner.flush(5_000);
    expect(harness.tables.rows('test')).toEqual([]);
    harness.clock.ms = EPOCH_MS + 70_000;
    await waitUntil('the window is closed', () => harness.tables.rows('test').length === 1);
  });

  it('calls nothing late when the answer of the broker is older than the records that wait', async () => {
    await start();
    await harness.produce(at(1));
    await processed(1);
    const answer = Promise.withResolvers<ReadonlyMap<number, PartitionExtent>>();
    let questions = 0;
    harness.log.extents = () => (questions++ === 0 ? answer.promise : new Promise(() => undefined));
    setClock(75);
    await waitUntil('the broker is asked', () => questions === 1);
    setClock(600);
    answer.resolve(new Map([[0, { earliest: 0n, end: 1n }]]));
    await waitUntil('the window is closed', () => harness.tables.rows('test').length === 1);
    expect(task()?.watermarkMs).toBe(EPOCH_MS + 15_000);
    await harness.produce(at(500));
    await processed(2);
    expect(task()?.counts).toMatchObject({ accepted: 2, late: 0 });
  });

  it('calls nothing late and closes nothing early while a slow sink holds it up', async () => {
    await start({ emit: { on: 'both' } });
    const held = Promise.withResolvers<void>();
    harness.sinkHeld = held.promise;
    await harness.produce(...keys(3_000).map((key) => at(1, key)));
    await waitUntil('the sink holds it up', () => Number(task()?.nextOffset) >= 10);
    for (const second of [5, 100, 300, 600]) {
      setClock(second);
      await harness.produce(at(second - 1, 'late-comer'));
    }
    held.resolve();
    await processed(3_004);
    expect(task()?.counts).toEqual({ accepted: 3_004, filtered: 0, late: 0, dead: 0 });
  });
});
