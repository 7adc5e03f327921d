import { compiledWith, EPOCH_MS, type Reading, recordOf } from '../../../support/pipelines';
import { TaskHarness } from '../../../support/task-harness';

const records = (...readings: Reading[]) => readings.map((reading, i) => recordOf(i, reading));
const at = (second: number, x: number | null = 1, key = 'a'): Reading => ({ key, at: second, x });

describe('time', () => {
  it('closes a window when end + grace <= watermark, not before', async () => {
    const harness = await TaskHarness.start(
      compiledWith({ window: { kind: 'tumbling', size: '10s', grace: '5s' }, emit: { on: 'close' } }),
    );
    await harness.process(records(at(1), at(14.999)));
    await harness.checkpoint();
    expect(harness.emitted).toEqual([]);
    await harness.process([recordOf(2, at(15))]);
    await harness.checkpoint();
    expect(harness.emitted).toMatchObject([{ final: true, closeReason: 'watermark', values: { n: 1 } }]);
  });

  it('accepts what is out of order and within the grace, and counts what is later as late', async () => {
    const harness = await TaskHarness.start(compiledWith({ window: { kind: 'tumbling', size: '10s', grace: '5s' } }));
    await harness.process(records(at(1), at(14), at(2), at(15), at(3)));
    expect(harness.task.totals).toEqual({ accepted: 4, filtered: 0, late: 1, dead: 0 });
  });

  it('holds the watermark back by outOfOrderness', async () => {
    const source = { topic: 'readings', format: 'json', time: { field: 't', outOfOrderness: '5s' } };
    const harness = await TaskHarness.start(compiledWith({ source }));
    await harness.process(records(at(1), at(14), at(2)));
    expect(harness.task.totals.late).toBe(0);
    expect(harness.task.time).toEqual({ streamTimeMs: EPOCH_MS + 14_000, watermarkMs: EPOCH_MS + 9_000 });
  });

  it('never moves stream time by a record that is filtered or poisoned, unless told to', async () => {
    const poison = recordOf(1, { key: 'a', at: 500, x: 'one' as never });
    const spec = { where: 'x == null || x >= 0' };
    const harness = await TaskHarness.start(compiledWith(spec));
    await harness.process([recordOf(0, at(1)), poison, recordOf(2, at(600, -1))]);
    expect(harness.task.time.streamTimeMs).toBe(EPOCH_MS + 1_000);
    expect(harness.task.totals).toEqual({ accepted: 1, filtered: 1, late: 0, dead: 1 });
    const source = { topic: 'readings', format: 'json', time: { field: 't', advanceOn: 'all' } };
    const all = await TaskHarness.start(compiledWith({ ...spec, source }));
    await all.process([recordOf(0, at(600, -1))]);
    expect(all.task.time.streamTimeMs).toBe(EPOCH_MS + 600_000);
  });

  it('commits an idle advance before anything that it closes is emitted', async () => {
    const harness = await TaskHarness.start(compiledWith({ emit: { on: 'close' } }));
    await harness.process(records(at(1)));
    await harness.checkpoint();
    harness.task.advanceIdle(EPOCH_MS + 60_000);
    const advance = harness.task.freeze(1e6)!;
    expect(advance.rows).toEqual([]);
    expect(advance.commit.progress.watermarkMs).toBe(EPOCH_MS + 60_000);
    const closing = harness.task.freeze(1e6)!;
    expect(closing.rows).toMatchObject([{ final: true, closeReason: 'idle' }]);
  });

  it('does not advance an idle task that has seen nothing', async () => {
    const harness = await TaskHarness.start(compiledWith());
    harness.task.advanceIdle(EPOCH_MS);
    expect(harness.task.time.watermarkMs).toBe(-1);
  });
});

describe('revisions', () => {
  it('are generation + 2 * N, and one more for the closing row', async () => {
    const harness = await TaskHarness.start(compiledWith());
    await harness.process(records(at(1), at(2)));
    await harness.checkpoint();
    await harness.process([recordOf(2, at(20))]);
    await harness.checkpoint();
    expect(harness.emitted.map(({ revision, final }) => [revision, final])).toEqual([
      [1_000_004n, false],
      [1_000_005n, true],
      [1_000_006n, false],
    ]);
  });
});

describe('emission', () => {
  it('coalesces the updates of a row between two checkpoints', async () => {
    const harness = await TaskHarness.start(compiledWith({ emit: { on: 'update' } }));
    await harness.process(records(at(1, 1), at(2, 2), at(3, 3)));
    await harness.checkpoint();
    expect(harness.emitted).toMatchObject([{ values: { n: 3, total: 6, mean: 2, least: 1, most: 3 } }]);
  });

  it('emits a held-back update when its window closes, without a final row unless that is asked for', async () => {
    const harness = await TaskHarness.start(compiledWith({ emit: { on: 'update', every: '1h' } }));
    await harness.process(records(at(1)));
    await harness.checkpoint();
    await harness.process([recordOf(1, at(2)), recordOf(2, at(30))]);
    await harness.checkpoint();
    expect(harness.emitted.map(({ values, final }) => [values!['n'], final])).toEqual([
      [1, false],
      [2, false],
    ]);
  });

  it('remembers over a crash which committed rows it has not emitted', async () => {
    const harness = await TaskHarness.start(compiledWith({ emit: { on: 'update', every: '10s' } }));
    await harness.process(records(at(1)));
    await harness.checkpoint();
    await harness.process([recordOf(1, at(2))]);
    await harness.checkpoint();
    expect(harness.values()).toMatchObject({ [`a@${EPOCH_MS}`]: { n: 1 } });
    await harness.restart();
    for (let i = 0; i < 10; i++) await harness.checkpoint();
    expect(harness.values()).toMatchObject({ [`a@${EPOCH_MS}`]: { n: 2 } });
  });

  it('closes a window larger than a delta in parts', async () => {
    const harness = await TaskHarness.start(compiledWith({ emit: { on: 'close' } }), { maxRows: 10 });
    const many = Array.from({ length: 95 }, (_, i) => recordOf(i, at(1, i, `k${i}`)));
    await harness.process([...many, recordOf(95, at(30))]);
    await harness.checkpoint();
    expect(harness.table.size).toBe(95);
    expect(harness.task.stateSize.keys).toBe(1);
  });
});

describe('bad records', () => {
  it('become dead letters with reason, place and original bytes, and do not stop the others', async () => {
    const harness = await TaskHarness.start(compiledWith());
    const bad = (offset: number, text: string, key = 'a') => ({
      ...recordOf(offset, at(1)),
      key: Buffer.from(key),
      value: Buffer.from(text),
    });
    const t = EPOCH_MS;
    const all = [
      bad(0, '{"key":"a"'),
      bad(1, '{"key":"a","x":1}'),
      bad(2, `{"key":"a","t":-1,"x":1}`),
      bad(3, `{"key":"a","t":"9999-01-01T00:00:00Z","x":1}`),
      bad(4, `{"t":${t},"x":1}`),
      bad(5, `{"key":"a","t":${t},"x":"81"}`),
      bad(6, `{"key":"a","t":${t},"x":1}`, 'b'),
      recordOf(7, at(2)),
    ];
    await harness.process(all);
    const { deadLetters } = harness.task.freeze(0)!;
    expect(deadLetters.map(({ reason, record }) => [Number(record.offset), reason])).toEqual([
      [0, 'not-decodable'],
      [1, 'bad-time'],
      [2, 'bad-time'],
      [3, 'bad-time'],
      [4, 'bad-key'],
      [5, 'bad-value'],
      [6, 'wrong-message-key'],
    ]);
    expect(deadLetters[0]!.record.value).toBe(all[0]!.value);
    expect(deadLetters.every(({ message }) => !message.includes('\n'))).toBe(true);
    expect(harness.task.totals).toEqual({ accepted: 1, filtered: 0, late: 0, dead: 7 });
  });
});

it('ignores records that it has had', async () => {
  const harness = await TaskHarness.start(compiledWith());
  const first = records(at(1), at(2));
  await harness.process(first);
  await harness.process([...first, recordOf(2, at(3))]);
  expect(harness.task.totals.accepted).toBe(3);
});

it('lets state leave memory while `every` holds its rows back, and emits them when they are due', async () => {
  const pipeline = compiledWith({ emit: { on: 'update', every: '5s' }, window: { kind: 'tumbling', size: '1h' } });
  const harness = await TaskHarness.start(pipeline, { cacheBytes: 10_000, maxRows: 40 });
  const keys = Array.from({ length: 200 }, (_, i) => `key-${i}`);
  const add = async (x: number): Promise<void> => {
    for (let i = 0; i < keys.length; i += 20) {
      const offset = Number(harness.task.position);
      await harness.process(keys.slice(i, i + 20).map((key, j) => recordOf(offset + j, at(1, x, key))));
      await harness.checkpoint();
      expect(harness.task.stateSize.bytes).toBeLessThanOrEqual(10_000);
    }
  };
  await add(1);
  await add(2);
  for (let i = 0; i < 20; i++) await harness.checkpoint();
  expect(harness.task.stateSize.bytes).toBeLessThanOrEqual(10_000);
  expect(Object.values(harness.values())).toEqual(
    keys.map(() => expect.objectContaining({ n: 2, total: 3 }) as unknown),
  );
});
