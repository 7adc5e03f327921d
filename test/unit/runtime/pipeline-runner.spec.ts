import { compiledWith, type Reading, recordOf } from '../../support/pipelines';
import { type Owner, RunnerHarness } from '../../support/runner-harness';
import { waitUntil } from '../../support/wait-until';

const at = (second: number, x = 1, key = 'a'): Reading => ({ key, at: second, x });
const spec = (changes: Record<string, unknown> = {}) => compiledWith({ checkpoint: { interval: '10ms' }, ...changes });

describe('a running pipeline', () => {
  let harness: RunnerHarness;
  const start = async (changes: Record<string, unknown> = {}): Promise<void> => {
    harness = new RunnerHarness(spec(changes));
    await harness.createTopic();
  };
  const counts = () => harness.tables.rows('test').map(({ values }) => values!['n']);
  afterEach(() => harness.end());

  it('writes rows, commits state with its offset, and mirrors the offset', async () => {
    await start();
    const owner = await harness.own();
    await harness.produce(at(1), at(2), at(30));
    await waitUntil('two rows are there', () => counts().length === 2);
    await waitUntil(
      'the offset is mirrored',
      async () => (await harness.log.mirrored('test', harness.topic))[0]?.nextOffset === 3n,
    );
    expect(counts()).toEqual([2, 1]);
    expect((await harness.store.peek({ pipeline: 'test', partition: 0 }))?.progress.nextOffset).toBe(3n);
    expect(owner.runner.status()).toMatchObject({ state: 'running', tasks: [{ nextOffset: '3', lagRecords: 0 }] });
  });

  it('drops a task that has a new owner, and nothing that the old one does is seen', async () => {
    await start();
    const zombie = await harness.own();
    await harness.produce(at(1));
    await waitUntil('the first row is there', () => counts().length === 1);
    zombie.expelled = true;
    await harness.own();
    await harness.produce(at(2), at(3));
    await waitUntil('the zombie is fenced', () => zombie.events.includes('task.fenced'));
    await waitUntil('the new owner has counted', () => counts()[0] === 3);
    expect(zombie.runner.status().tasks).toEqual([]);
  });

  it('pauses while a sink is away, says why, and goes on without loss when it is back', async () => {
    await start();
    const owner = await harness.own();
    harness.sinkAway = 'the table is being moved';
    await harness.produce(at(1));
    await waitUntil('the status says paused', () => owner.runner.status().state === 'paused');
    expect(owner.runner.status().reason).toBe('the table is being moved');
    await harness.produce(at(2), at(3));
    harness.sinkAway = undefined;
    await waitUntil('all is counted', () => counts()[0] === 3);
    await waitUntil('the status says running', () => owner.runner.status().state === 'running');
  });

  it('takes no more than its bounds while a sink is away, however much comes', async () => {
    await start({ checkpoint: { interval: '10ms', maxRows: 10 } });
    const owner = await harness.own();
    harness.sinkAway = 'away';
    await harness.produce(...Array.from({ length: 5_000 }, (_, i) => at(1, 1, `key-${i}`)));
    await waitUntil('the task is paused', () => owner.runner.status().state === 'paused');
    expect(owner.runner.status().tasks[0]!.stateKeys).toBeLessThanOrEqual(30);
    harness.sinkAway = undefined;
    await waitUntil('all keys are there', () => counts().length === 5_000);
  });

  it('emits rows that `every` held back although their state has left memory', async () => {
    harness = new RunnerHarness(spec({ emit: { on: 'update', every: '1h' }, window: { kind: 'global' } }));
    harness.cacheBytes = 0;
    await harness.createTopic();
    const owner = await harness.own();
    // The first of all rows are due at once.
    await harness.produce(at(1));
    await waitUntil('the first row is there', () => counts().length === 1);
    await harness.produce(...Array.from({ length: 40 }, (_, i) => at(1, 1, `key-${i}`)));
    await waitUntil('all is committed', async () => {
      const committed = await harness.store.peek({ pipeline: 'test', partition: 0 });
      return committed?.progress.nextOffset === 41n && owner.runner.status().tasks[0]!.stateBytes === 0;
    });
    expect(counts()).toHaveLength(1);
    harness.clock.ms += 3_600_000;
    await waitUntil('the rows are there', () => counts().length === 41);
  });

  it('loses nothing when the store forgets a commit under a living owner', async () => {
    await start();
    const owner = await harness.own();
    await harness.produce(at(1));
    await waitUntil('the first row is there', () => counts()[0] === 1);
    harness.store.forgetting = true;
    await harness.produce(at(2));
    await waitUntil('a commit is forgotten', () => harness.store.forgotten > 0);
    harness.store.forgetting = false;
    await harness.produce(at(3));
    await waitUntil('the owner starts again from what is left', () => owner.events.includes('task.fenced'));
    harness.clock.ms += 60_000;
    await waitUntil('everything is counted', () => counts()[0] === 3, 10_000);
  });

  it('computes the same when its state is larger than its memory and checkpoints end while it loads', async () => {
    harness = new RunnerHarness(spec({ checkpoint: { interval: '10ms', maxRows: 50 } }));
    harness.cacheBytes = 10_000;
    await harness.createTopic();
    const owner = await harness.own();
    const keys = 700;
    for (let round = 0; round < 6; round++) {
      await harness.produce(...Array.from({ length: keys }, (_, i) => at(1, 1, `key-${(i * 7919) % keys}`)));
    }
    await waitUntil('all is processed', () => owner.runner.status().tasks[0]?.nextOffset === String(6 * keys));
    await owner.runner.flush(5_000);
    expect(owner.runner.status().state).toBe('running');
    expect(new Set(counts())).toEqual(new Set([6]));
    expect(counts()).toHaveLength(keys);
  });

  it('works before its state is loaded, and loads it meanwhile', async () => {
    harness = new RunnerHarness(spec({ window: { kind: 'global' } }));
    harness.cacheBytes = Infinity;
    await harness.createTopic();
    const first = await harness.own();
    const keys = 12_000;
    await harness.produce(...Array.from({ length: keys }, (_, i) => at(1, 1, `key-${i}`)));
    await waitUntil('all keys are there', () => counts().length === keys);
    await first.runner.flush(5_000);
    const { stateBytes } = first.runner.status().tasks[0]!;
    first.runner.stop();
    await first.consumer.stop();
    let release = (): void => undefined;
    harness.store.scanHeld = new Promise((resolve) => (release = resolve));
    const second = await harness.own();
    await harness.produce(at(1, 1, 'key-7'));
    await waitUntil('the row is there', () => counts().includes(2));
    expect(second.runner.status().tasks[0]!.stateBytes).toBeLessThan(stateBytes / 100);
    release();
    await waitUntil('the state is in memory', () => second.runner.status().tasks[0]!.stateBytes === stateBytes);
    expect(second.runner.status().tasks[0]!.stateKeys).toBe(keys);
  });

  it('flushes what it holds when it is told to', async () => {
    await start({ checkpoint: { interval: '1h' } });
    const owner = await harness.own();
    await harness.produce(at(1));
    await waitUntil('the record is processed', () => owner.runner.status().tasks[0]?.nextOffset === '1');
    expect(counts()).toEqual([]);
    await owner.runner.flush(5_000);
    expect(counts()).toEqual([1]);
  });

  describe('in a rebalance', () => {
    const rebalance = new Error('REBALANCE_IN_PROGRESS');
    const handle = (owner: Owner): Promise<void> => {
      const batch = { topic: harness.topic, partition: 0, fetchedOffset: 0n, endOffset: 1n };
      return owner.runner.handle(
        { ...batch, records: [recordOf(0, at(1))] },
        {
          heartbeat: () => Promise.reject(rebalance),
          ...{ isCurrent: () => true, resolve: () => undefined, seek: () => undefined, pause: () => () => undefined },
        },
      );
    };

    it('writes a checkpoint of what it has processed before it lets the group go on', async () => {
      await start({ checkpoint: { interval: '1h' } });
      const owner = await harness.own();
      await expect(handle(owner)).rejects.toBe(rebalance);
      expect(counts()).toEqual([1]);
      expect((await harness.store.peek({ pipeline: 'test', partition: 0 }))?.progress.nextOffset).toBe(1n);
    });

    it('lets the group go on without the checkpoint when a sink takes longer than half a second', async () => {
      await start({ checkpoint: { interval: '1h' } });
      const owner = await harness.own();
      let release = (): void => undefined;
      harness.sinkHeld = new Promise((resolve) => (release = resolve));
      const began = performance.now();
      await expect(handle(owner)).rejects.toBe(rebalance);
      expect(performance.now() - began).toBeGreaterThan(400);
      expect(await harness.store.peek({ pipeline: 'test', partition: 0 })).toBeUndefined();
      release();
    });
  });

  it('closes windows of an idle partition, on evidence that there is nothing more', async () => {
    await start({
      source: { topic: 'readings', format: 'json', time: { field: 't', idleAfter: '60s' } },
      emit: { on: 'close' },
    });
    const owner = await harness.own();
    await harness.produce(at(1));
    await waitUntil('the record is processed', () => owner.runner.status().tasks[0]?.nextOffset === '1');
    expect(counts()).toEqual([]);
    harness.clock.ms += 61_000;
    await waitUntil('the window is closed', () => counts().length === 1);
    expect(harness.tables.rows('test')[0]).toMatchObject({ final: true, closeReason: 'idle' });
    expect(owner.runner.status().tasks[0]!.watermarkMs).toBe(harness.clock.ms - 60_000);
  });
});

describe('state that is lost', () => {
  let harness: RunnerHarness;
  afterEach(() => harness.end());

  /** Two records are processed and mirrored; then the store forgets everything. */
  const lose = async (onStateLoss: string): Promise<void> => {
    harness = new RunnerHarness(spec({ onStateLoss }));
    await harness.createTopic();
    const first = await harness.own();
    await harness.produce(at(1), at(2));
    await waitUntil(
      'it is mirrored',
      async () => (await harness.log.mirrored('test', harness.topic))[0]?.nextOffset === 2n,
    );
    first.runner.stop();
    await first.consumer.stop();
    harness.loseState();
  };

  it.each([
    ['rebuild', 3],
    ['reset', 1],
  ])('is handled as onStateLoss: %s says', async (onStateLoss, count) => {
    await lose(onStateLoss);
    const owner = await harness.own();
    await harness.produce(at(3));
    await waitUntil('the new record is processed', () => owner.runner.status().tasks[0]?.nextOffset === '3');
    expect(owner.events).toContain('task.state-lost');
    await owner.runner.flush(5_000);
    expect(harness.tables.rows('test')[0]!.values!['n']).toBe(count);
  });

  it('fails the task and names the remedy when onStateLoss is fail', async () => {
    await lose('fail');
    const owner = await harness.own();
    await waitUntil('the task failed', () => owner.runner.status().state === 'failed');
    expect(owner.runner.status().reason).toMatch(/reached offset 2.*millrace reset test --to earliest/);
  });
});
