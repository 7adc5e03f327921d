import * as fc from 'fast-check';
import { MemoryLog } from '../../../../src/adapters/memory/memory-log';
import { MemorySnapshotStore } from '../../../../src/adapters/memory/memory-snapshot-store';
import { MemoryStateStore } from '../../../../src/adapters/memory/memory-state-store';
import { MemoryTopicReader } from '../../../../src/adapters/memory/memory-topic-reader';
import { ConfigError } from '../../../../src/core/errors';
import { KeyFold } from '../../../../src/core/history/key-fold';
import { type HistoryOptions, KeyHistory } from '../../../../src/runtime/history/key-history';
import { compiledWith, EPOCH_MS, type Reading, recordOf } from '../../../support/pipelines';

const OVERALL = {
  window: { kind: 'global' },
  where: 'x == null || x >= 0',
  aggregate: {
    ...{ n: 'count()', total: 'sum(x)', spread: 'stddev(x)', median: 'quantile(x, 0.5)', newest: 'last(x)' },
    ...{ kinds: 'distinct(x)', top: 'top_k(x, 3)', smooth: "ewma(x, '10s')" },
  },
};
const pipeline = compiledWith(OVERALL);

class World {
  readonly log = new MemoryLog({ now: () => EPOCH_MS });
  readonly snapshots = new MemorySnapshotStore();
  readonly stateStore = new MemoryStateStore();

  async produce(partitions: number, readings: readonly Reading[]): Promise<void> {
    await this.log.ensure([{ topic: 'readings', partitions, purpose: 'source' }]);
    const records = readings.map(({ key, at, x }) => ({
      ...{ key, value: JSON.stringify({ key, t: EPOCH_MS + at * 1000, x }), timestampMs: EPOCH_MS + at * 1000 },
    }));
    await this.log.send('readings', records);
  }

  history(options?: HistoryOptions, snapshots = this.snapshots): KeyHistory {
    const { log, stateStore } = this;
    return new KeyHistory({ topics: log, topicReader: new MemoryTopicReader(log), snapshots, stateStore }, options);
  }
}

const reading = (at: number, x: number | null = at, key = 'a'): Reading => ({ key, at, x });
const often: HistoryOptions = { snapshotEvery: 5, maxRecords: 1_000_000 };

describe('the history of a key', () => {
  it('is the sum of its events at any offset and at any time', async () => {
    const world = new World();
    await world.produce(1, [reading(0, 1), reading(1, 10, 'b'), reading(2, 5), reading(3, 7)]);
    const history = world.history();
    expect(await history.at(pipeline, ['a'], 'now')).toMatchObject({
      ...{ partition: 0, nextOffset: 4n, isWhole: true, events: 3, values: { n: 3, total: 13, newest: 7 } },
    });
    expect(await history.at(pipeline, ['a'], { offset: 3n })).toMatchObject({ events: 2, values: { total: 6 } });
    const time = { timestampMs: EPOCH_MS + 2_000 };
    expect(await history.at(pipeline, ['a'], time)).toMatchObject({ nextOffset: 2n, values: { n: 1, total: 1 } });
    expect(await history.at(pipeline, ['a'], { offset: 0n })).toMatchObject({
      events: 0,
      values: { n: 0, total: null },
    });
    expect(await history.at(pipeline, ['nobody'], 'now')).toMatchObject({ events: 0 });
  });

  it('has no events of records that are filtered out, cannot be processed, or are keyed otherwise', async () => {
    const world = new World();
    await world.produce(2, [reading(0, 1), reading(1, -1), reading(2, 2)]);
    const { partition } = await world.history().at(pipeline, ['a'], 'now');
    await world.log.send('readings', [
      { key: 'a', value: 'no json', partition },
      { key: 'other', value: JSON.stringify({ key: 'a', t: EPOCH_MS, x: 100 }), partition },
    ]);
    expect(await world.history().at(pipeline, ['a'], 'now')).toMatchObject({ events: 2, values: { total: 3 } });
  });

  it('finds records that are keyed by the plain text of a number', async () => {
    const world = new World();
    await world.log.ensure([{ topic: 'readings', partitions: 8, purpose: 'source' }]);
    await world.log.send('readings', [{ key: '5', value: JSON.stringify({ key: 5, t: EPOCH_MS, x: 1 }) }]);
    expect(await world.history().at(pipeline, [5], 'now')).toMatchObject({ events: 1 });
  });

  it('goes on from a snapshot, and from the one before where that is too new', async () => {
    const world = new World();
    await world.produce(
      1,
      Array.from({ length: 23 }, (_, i) => reading(i)),
    );
    const first = await world.history(often).at(pipeline, ['a'], 'now');
    expect(first.snapshotOffset).toBeUndefined();
    const again = await world.history(often).at(pipeline, ['a'], 'now');
    expect(again).toEqual({ ...first, snapshotOffset: 20n });
    const past = await world.history(often).at(pipeline, ['a'], { offset: 13n });
    expect(past).toMatchObject({ snapshotOffset: 10n, events: 13, values: { n: 13, total: 78 } });
  });

  it('reads what one call may, says so, and goes on there', async () => {
    const world = new World();
    await world.produce(
      1,
      Array.from({ length: 2_500 }, (_, i) => reading(i)),
    );
    const some = { snapshotEvery: 10_000, maxRecords: 1_000 };
    const offsets: bigint[] = [];
    for (;;) {
      const state = await world.history(some).at(pipeline, ['a'], 'now');
      offsets.push(state.nextOffset);
      if (state.isWhole) break;
    }
    expect(offsets).toEqual([1_000n, 2_000n, 2_500n]);
    const whole = await world.history(undefined, new MemorySnapshotStore()).at(pipeline, ['a'], 'now');
    expect(whole.values).toEqual((await world.history().at(pipeline, ['a'], 'now')).values);
  });

  it('is bit for bit the same from any snapshot as from the beginning', () => {
    const readings = fc.array(
      fc.record({
        key: fc.constantFrom('a', 'b'),
        at: fc.nat(1_000),
        x: fc.option(fc.double({ min: -1, max: 1e6, noNaN: true }), { freq: 5 }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(readings, fc.nat(60), (given, cut) => {
        const records = given.map((each, offset) => recordOf(offset, each));
        const of = { keyText: 'a', keyedByMessage: true };
        const whole = new KeyFold(pipeline, of, { nextOffset: 0n });
        for (const record of records) whole.add(record);
        const head = new KeyFold(pipeline, of, { nextOffset: 0n });
        for (const record of records.slice(0, cut)) head.add(record);
        const tail = new KeyFold(pipeline, of, head.snapshot());
        for (const record of records) tail.add(record);
        expect(tail.snapshot()).toEqual(whole.snapshot());
        expect(tail.values).toEqual(whole.values);
      }),
      { seed: 20130101, numRuns: 200 },
    );
  });

  it.each([
    ['windows', compiledWith({ aggregate: { n: 'count()' } }), 'kind: global'],
    [
      'lookups',
      compiledWith({ ...OVERALL, lookup: [{ table: 'redis', name: 'posts', on: 'key', as: 'post', missing: null }] }),
      'looks records up',
    ],
  ])('refuses pipelines with %s, whose topic cannot tell', async (_, other, message) => {
    const world = new World();
    await world.produce(1, [reading(0)]);
    await expect(world.history().at(other, ['a'], 'now')).rejects.toThrow(ConfigError);
    await expect(world.history().at(other, ['a'], 'now')).rejects.toThrow(message);
  });

  it('refuses a pipeline whose records go through a repartition topic, and a topic that lost its beginning', async () => {
    const world = new World();
    await world.produce(
      1,
      Array.from({ length: 23 }, (_, i) => reading(i)),
    );
    jest.spyOn(world.log, 'extents').mockResolvedValue(new Map([[0, { earliest: 10n, end: 23n }]]));
    await expect(world.history().at(pipeline, ['a'], 'now')).rejects.toThrow('begins at offset 10');
    jest.restoreAllMocks();
    const deployment = { generation: 2n, fingerprint: 'f', repartitioned: true, partitions: 1 };
    await world.stateStore.deploy('test', deployment);
    await expect(world.history().at(pipeline, ['a'], 'now')).rejects.toThrow('not keyed by the key');
  });
});
