import { FatalError } from '../../../../src/core/errors';
import type { CompiledMetrics } from '../../../../src/core/pipeline/compiled-pipeline';
import type { SinkState, TaskRowSink } from '../../../../src/core/ports/row-sink.port';
import type { Row } from '../../../../src/core/row/row';
import { MetricsRowSink } from '../../../../src/runtime/row-values/metrics-row-sink';
import { RowValues } from '../../../../src/runtime/row-values/row-values';
import { compiled } from '../../core/pipeline/pipeline-text';

const never = new AbortController().signal;
const MINUTE = 60_000;
const DELTA = { nextOffset: 0n, leavesHalfClosed: false };

interface Version {
  readonly k: string;
  readonly minute?: number;
  readonly revision?: bigint;
  /** `undefined` for a deleted row. */
  readonly total: number | string | null | undefined;
  readonly n?: string | null;
}

function row({ k, minute = 0, revision = 1n, total, n = null }: Version): Row {
  return {
    pipeline: 'p',
    key: { k },
    keyText: k,
    window: { startMs: minute * MINUTE, endMs: (minute + 1) * MINUTE, zone: 'UTC' },
    values: total === undefined ? undefined : { total, n },
    revision,
    final: false,
  };
}

/** A store that keeps what the sink asks for, and the tasks that go on from it. */
class World {
  readonly shown = new RowValues();
  nowMs = 1_700_000_000_000;
  private readonly stored = new Map<string, Uint8Array>();
  private part: TaskRowSink | undefined;

  constructor(private options = '') {}

  /** The next owner, with another definition if `options` are given. */
  async claim(options = this.options): Promise<void> {
    await this.part?.close();
    this.options = options;
    const { sinks } = compiled({ sinks: `  sinks: [{ metrics: { name: total, value: total${options} } }]` });
    const sink = new MetricsRowSink(this.shown, sinks[0] as CompiledMetrics, { now: () => this.nowMs });
    const state = new Map(this.stored);
    this.part = await sink.openFor({ task: { pipeline: 'p', partition: 0 }, sourceTopic: 't', generation: 0n, state });
  }

  async write(...versions: readonly Version[]): Promise<SinkState> {
    if (!this.part) await this.claim();
    const state = await this.part!.write(versions.map(row), DELTA, never);
    for (const { name, value } of state.upserts) this.stored.set(name, value);
    for (const name of state.removals) this.stored.delete(name);
    return state;
  }

  async close(): Promise<void> {
    await this.part?.close();
  }

  values(): Record<string, number> {
    return Object.fromEntries([...this.shown.all()].map(({ key, value }) => [key, value]));
  }

  titles(): Record<string, string> {
    return Object.fromEntries([...this.shown.all()].map(({ key, title }) => [key, title]));
  }

  get storedKeys(): string[] {
    return [...this.stored.keys()].sort();
  }
}

describe('numbers of rows for Prometheus', () => {
  it('are the newest of each key, by window and by revision', async () => {
    const world = new World();
    await world.write({ k: 'a', total: 1 }, { k: 'b', total: 2 });
    await world.write({ k: 'a', total: 3, revision: 2n }, { k: 'a', minute: 1, total: 4 });
    expect(world.values()).toEqual({ a: 4, b: 2 });
    await world.write({ k: 'a', total: 9, revision: 5n });
    expect(world.values()).toEqual({ a: 4, b: 2 });
    expect([...world.shown.all()]).toContainEqual({ pipeline: 'p', name: 'total', key: 'a', title: '', value: 4 });
  });

  it('are asked of the newest row of a checkpoint alone, whatever the order', async () => {
    const world = new World();
    const state = await world.write(
      { k: 'a', total: 'much' },
      { k: 'a', minute: 1, total: 2, revision: 2n },
      { k: 'a', total: 'more', revision: 3n },
      { k: 'b', total: 5 },
      { k: 'b', total: undefined, revision: 2n },
    );
    expect(world.values()).toEqual({ a: 2 });
    expect(state.upserts.map(({ name }) => name)).toEqual(['a']);
  });

  it('go with the row, and when it has none', async () => {
    const world = new World();
    await world.write({ k: 'a', total: 1 }, { k: 'b', total: 2 }, { k: 'c', total: 3 });
    await world.write({ k: 'a', total: undefined, revision: 2n }, { k: 'b', total: null, revision: 2n });
    await world.write({ k: 'c', total: Number.POSITIVE_INFINITY, revision: 2n });
    expect(world.values()).toEqual({});
    expect(world.storedKeys).toEqual([]);
  });

  it('are shown by the next owner from the checkpoint, and no more by the one before', async () => {
    const world = new World();
    await world.write({ k: 'a', total: 1 }, { k: 'b', total: 2.5 });
    await world.close();
    expect(world.values()).toEqual({});
    await world.claim();
    expect(world.values()).toEqual({ a: 1, b: 2.5 });
    expect(await world.write({ k: 'a', total: 0, minute: -1 })).toEqual({ upserts: [], removals: [] });
    expect(world.values()).toEqual({ a: 1, b: 2.5 });
  });

  it('have a bound: who is there stays, so that series do not take turns, and who finds no room is counted', async () => {
    const world = new World(', maxSeries: 2');
    await world.write({ k: 'a', total: 1 }, { k: 'b', total: 2 }, { k: 'c', total: 3 });
    await world.write({ k: 'c', total: 4, revision: 2n }, { k: 'a', total: 5, revision: 2n });
    expect(world.values()).toEqual({ a: 5, b: 2 });
    expect(world.storedKeys).toEqual(['a', 'b']);
    expect([...world.shown.dropped()]).toEqual([{ pipeline: 'p', name: 'total', count: 2 }]);
    await world.write({ k: 'b', total: null, revision: 3n }, { k: 'c', total: 6, revision: 3n });
    expect(world.values()).toEqual({ a: 5, c: 6 });
  });

  it('keep a smaller bound than they had, too: those stay that came last', async () => {
    const world = new World();
    for (const k of ['a', 'b', 'c']) {
      await world.write({ k, total: 1 });
      world.nowMs += 1;
    }
    await world.claim(', maxSeries: 2');
    expect(world.values()).toEqual({ b: 1, c: 1 });
    await world.write({ k: 'd', total: 2, revision: 2n });
    expect(world.values()).toEqual({ b: 1, c: 1 });
    expect(world.storedKeys).toEqual(['b', 'c']);
  });

  it('are gone when no row of the key has come for the ttl, also after a change of owner, and make room', async () => {
    const world = new World(', maxSeries: 2, ttl: 1m');
    await world.write({ k: 'a', total: 1 });
    world.nowMs += MINUTE / 2;
    await world.write({ k: 'b', total: 2 });
    world.nowMs += MINUTE / 2 - 1;
    expect(world.values()).toEqual({ a: 1, b: 2 });
    world.nowMs += 1;
    expect(world.values()).toEqual({ b: 2 });
    await world.claim();
    expect(world.values()).toEqual({ b: 2 });
    await world.write({ k: 'c', total: 3, revision: 2n });
    expect(world.values()).toEqual({ b: 2, c: 3 });
    expect(world.storedKeys).toEqual(['b', 'c']);
  });

  it('have what people call the key, the first that is known, so that a title is no series of its own', async () => {
    const world = new World(', title: n');
    await world.write({ k: 'a', total: 1 }, { k: 'b', total: 1, n: 'x'.repeat(300) });
    expect(world.titles()).toEqual({ a: '', b: 'x'.repeat(200) });
    await world.write({ k: 'a', total: 2, n: 'Ann', revision: 2n });
    await world.write({ k: 'a', total: 3, n: 'Bea', revision: 3n });
    expect(world.titles()).toMatchObject({ a: 'Ann' });
    await world.claim();
    expect(world.titles()).toMatchObject({ a: 'Ann' });
  });

  it('leave out keys that no label should have', async () => {
    const world = new World();
    await world.write({ k: 'x'.repeat(201), total: 1 });
    expect(world.values()).toEqual({});
    expect([...world.shown.dropped()]).toEqual([{ pipeline: 'p', name: 'total', count: 1 }]);
  });

  it('fail for what is no number, and for a title that is no text', async () => {
    await expect(new World().write({ k: 'a', total: 'much' })).rejects.toThrow(
      new FatalError('metrics:total: total gives "much"; a number is needed'),
    );
    await expect(new World(', title: "[n]"').write({ k: 'a', total: 1 })).rejects.toThrow(
      new FatalError('metrics:total: the title is [null]; text is needed'),
    );
  });
});
