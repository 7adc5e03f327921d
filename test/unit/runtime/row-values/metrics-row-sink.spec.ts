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
}

function row({ k, minute = 0, revision = 1n, total }: Version): Row {
  return {
    pipeline: 'p',
    key: { k },
    keyText: k,
    window: { startMs: minute * MINUTE, endMs: (minute + 1) * MINUTE, zone: 'UTC' },
    values: total === undefined ? undefined : { total, n: 1 },
    revision,
    final: false,
  };
}

/** A store that keeps what the sink asks for, and the tasks that go on from it. */
class World {
  readonly shown = new RowValues();
  private readonly sink: MetricsRowSink;
  private readonly stored = new Map<string, Uint8Array>();
  private part: TaskRowSink | undefined;

  constructor(options = '') {
    const { sinks } = compiled({ sinks: `  sinks: [{ metrics: { name: total, value: total${options} } }]` });
    this.sink = new MetricsRowSink(this.shown, sinks[0] as CompiledMetrics);
  }

  async claim(partition = 0): Promise<TaskRowSink> {
    const state = new Map(this.stored);
    this.part = await this.sink.openFor({ task: { pipeline: 'p', partition }, sourceTopic: 't', generation: 0n, state });
    return this.part;
  }

  async write(...versions: readonly Version[]): Promise<SinkState> {
    this.part ??= await this.claim();
    const state = await this.part.write(versions.map(row), DELTA, never);
    for (const { name, value } of state.upserts) this.stored.set(name, value);
    for (const name of state.removals) this.stored.delete(name);
    return state;
  }

  async closed(): Promise<void> {
    await this.part?.close();
    this.part = undefined;
  }

  values(): Record<string, number> {
    return Object.fromEntries([...this.shown.all()].map(({ key, value }) => [key, value]));
  }

  get storedKeys(): string[] {
    return [...this.stored.keys()];
  }

  dropped(): number {
    return [...this.shown.dropped()].reduce((sum, { count }) => sum + count, 0);
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
    expect([...world.shown.all()][0]).toMatchObject({ pipeline: 'p', name: 'total' });
  });

  it('go with the row, and when it has none', async () => {
    const world = new World();
    await world.write({ k: 'a', total: 1 }, { k: 'b', total: 2 });
    await world.write({ k: 'a', total: undefined, revision: 2n }, { k: 'b', total: null, revision: 2n });
    expect(world.values()).toEqual({});
    expect(world.storedKeys).toEqual([]);
  });

  it('are shown by the next owner from the checkpoint, and no more by the one before', async () => {
    const world = new World();
    await world.write({ k: 'a', total: 1 }, { k: 'b', total: 2.5 });
    await world.closed();
    expect(world.values()).toEqual({});
    await world.claim();
    expect(world.values()).toEqual({ a: 1, b: 2.5 });
    expect(await world.write({ k: 'a', total: 0, minute: -1 })).toEqual({ upserts: [], removals: [] });
    expect(world.values()).toEqual({ a: 1, b: 2.5 });
  });

  it('have a bound: those that rest longest make room, and are counted', async () => {
    const world = new World(', maxSeries: 2');
    await world.write({ k: 'a', total: 1 }, { k: 'b', total: 2 }, { k: 'a', total: 3, revision: 2n });
    await world.write({ k: 'c', total: 4, revision: 3n });
    expect(world.values()).toEqual({ a: 3, c: 4 });
    expect(world.storedKeys.sort()).toEqual(['a', 'c']);
    expect(world.dropped()).toBe(1);
    await world.closed();
    await world.claim();
    await world.write({ k: 'd', total: 5, revision: 4n });
    expect(world.values()).toEqual({ c: 4, d: 5 });
  });

  it('leave out keys that no label should have', async () => {
    const world = new World();
    await world.write({ k: 'x'.repeat(201), total: 1 });
    expect(world.values()).toEqual({});
    expect(world.dropped()).toBe(1);
  });

  it('fail for what is no number', async () => {
    await expect(new World().write({ k: 'a', total: 'much' })).rejects.toThrow(
      new FatalError('metrics:total: total gives "much"; a number is needed'),
    );
  });
});
