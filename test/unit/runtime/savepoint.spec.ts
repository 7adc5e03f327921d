import { MemoryStateStore } from '../../../src/adapters/memory/memory-state-store';
import type { CompiledPipeline } from '../../../src/core/pipeline/compiled-pipeline';
import type { TopicAdmin } from '../../../src/core/ports/topic-admin.port';
import type { Row } from '../../../src/core/row/row';
import { deploy } from '../../../src/runtime/deployment';
import { loadPipeline, type LoadedSavepoint } from '../../../src/runtime/savepoint/load-pipeline';
import { savePipeline } from '../../../src/runtime/savepoint/save-pipeline';
import type { LoadRequest, SavepointItem, SavepointPorts } from '../../../src/runtime/savepoint/savepoint';
import { compiledWith, type Reading } from '../../support/pipelines';
import { Upgrade } from '../../support/upgrade';

const KEYS = ['a', 'b'] as const;
const TASK = { pipeline: 'test', partition: 0 };

/** One reading of each key, the first in partition 0, the other in partition 1. */
const pair = (at: number): Reading[] => KEYS.map((key, i) => ({ key, at, x: at + i }));
/** Four at a time, 3 s apart, then a pause. */
const pairs = (from: number, to: number): Reading[] =>
  Array.from({ length: to - from }, (_, i) => pair((from + i) * 3 + Math.floor((from + i) / 4) * 5)).flat();

class Backup {
  readonly upgrade: Upgrade;
  saved: SavepointItem[] = [];

  constructor(readonly pipeline: CompiledPipeline) {
    this.upgrade = new Upgrade(pipeline, KEYS.length);
  }

  get store(): MemoryStateStore {
    return this.upgrade.ports.stateStore as MemoryStateStore;
  }

  async begin(...readings: Reading[]): Promise<this> {
    await this.upgrade.begin(...readings);
    await this.upgrade.run(this.pipeline);
    return this;
  }

  async goOn(...readings: Reading[]): Promise<void> {
    await this.upgrade.produce(...readings);
    await this.upgrade.run(this.pipeline);
  }

  async save(): Promise<void> {
    this.saved = [];
    for await (const item of savePipeline(this.pipeline, this.ports())) this.saved.push(item);
  }

  /** As another Redis. */
  loseState(): void {
    Object.assign(this.upgrade.ports, { stateStore: new MemoryStateStore() });
  }

  load(request: Partial<LoadRequest> = {}, topics: Partial<TopicAdmin> = {}): Promise<LoadedSavepoint> {
    const { saved } = this;
    async function* read(): AsyncGenerator<SavepointItem> {
      yield* await Promise.resolve(saved);
    }
    return loadPipeline(
      { ...{ pipeline: this.pipeline, read, load: 'load', replaces: false, inNewGeneration: false }, ...request },
      this.ports(topics),
    );
  }

  /** What a table shows: the newest version of each row, with the offset in its revision. */
  async table(): Promise<Record<string, unknown>> {
    const { generation } = (await this.store.deployment('test'))!;
    const newest = new Map<string, Row>();
    for (const row of this.upgrade.written) {
      const name = `${row.keyText}@${row.window!.startMs}`;
      if (row.revision >= (newest.get(name)?.revision ?? -1n)) newest.set(name, row);
    }
    const live = [...newest].filter(([, { values }]) => values !== undefined);
    const shown = live.map(([name, { values, revision }]) => [name, { values, at: revision - generation }]);
    return Object.fromEntries(shown.sort()) as Record<string, unknown>;
  }

  private ports(topics: Partial<TopicAdmin> = {}): SavepointPorts {
    const { ports } = this.upgrade;
    const admin = Object.assign(Object.create(ports.topics) as TopicAdmin, topics);
    return { stateStore: this.store, savepoints: this.store.savepoints, topics: admin, clock: ports.clock };
  }
}

describe('a savepoint', () => {
  it.each([
    ['tumbling', { kind: 'tumbling', size: '10s', grace: '5s' }],
    ['session', { kind: 'session', gap: '4s', grace: '5s' }],
    ['sliding', { kind: 'sliding', size: '10s', grace: '5s' }],
  ])('gives the rows that there would be without it, with their revisions: %s windows', async (_kind, window) => {
    const pipeline = compiledWith({ window, emit: { on: 'both' } });
    const undisturbed = await new Backup(pipeline).begin(...pairs(0, 60));
    const backup = await new Backup(pipeline).begin(...pairs(0, 20));
    await backup.save();
    await backup.goOn(...pairs(20, 40));
    backup.loseState();
    const { tasks } = await backup.load();
    expect(tasks.map(({ id, task }) => [id.partition, task.progress.nextOffset])).toEqual([
      [0, 20n],
      [1, 20n],
    ]);
    await backup.goOn(...pairs(40, 60));
    expect(await backup.table()).toEqual(await undisturbed.table());
    expect(Object.keys(await backup.table()).length).toBeGreaterThan(10);
  });

  it('goes back in time where there is state, only if it may', async () => {
    const backup = await new Backup(compiledWith()).begin(...pairs(0, 20));
    await backup.save();
    await backup.goOn(...pairs(20, 30));
    await expect(backup.load()).rejects.toThrow(
      'Redis has state of 2 task(s) of test. To let the savepoint take its place: --replace',
    );
    expect((await backup.store.peek(TASK))?.progress.nextOffset).toBe(30n);
    const table = await backup.table();
    await backup.load({ replaces: true });
    expect((await backup.store.peek(TASK))?.progress.nextOffset).toBe(20n);
    await backup.upgrade.run(backup.pipeline);
    expect(await backup.table()).toEqual(table);
  });

  it.each<[string, () => [Partial<LoadRequest>, Partial<TopicAdmin>?], string]>([
    ['for another pipeline', () => [{ pipeline: compiledWith({}, 'other') }], 'is of pipeline test, not of other'],
    [
      'for another definition',
      () => [{ pipeline: compiledWith({ derive: { y: 'x' } }) }],
      'millrace rebuild test --file FILE',
    ],
    [
      'while the pipeline runs',
      () => [{}, { memberCount: () => Promise.resolve(1) }],
      'stop it everywhere, then load its savepoint',
    ],
    [
      'when its records are gone',
      () => [{}, { extents: () => Promise.resolve(new Map([[0, { earliest: 21n, end: 30n }]])) }],
      'readings/0 has offsets 21 to 30, the savepoint goes on at 20; readings/1 is not there',
    ],
    [
      'when the topic is gone',
      () => [{}, { partitionCount: () => Promise.resolve(undefined) }],
      'readings/0 is not there',
    ],
  ])('is refused %s, and nothing changes', async (_why, given, message) => {
    const backup = await new Backup(compiledWith()).begin(...pairs(0, 20));
    await backup.save();
    backup.loseState();
    await expect(backup.load(...given())).rejects.toThrow(message);
    expect(await backup.store.deployment('test')).toBeUndefined();
    expect(await backup.store.peek(TASK)).toBeUndefined();
  });

  it('that is damaged changes nothing, wherever it breaks off', async () => {
    const backup = await new Backup(compiledWith()).begin(...pairs(0, 20));
    await backup.save();
    const { saved } = backup;
    async function* broken(): AsyncGenerator<SavepointItem> {
      yield* await Promise.resolve(saved);
      throw new Error('damaged at its end');
    }
    backup.loseState();
    await expect(backup.load({ read: broken })).rejects.toThrow('damaged at its end');
    expect(await backup.store.deployment('test')).toBeUndefined();
  });

  it('is not put in force over rows of a later generation, unless as a still later one', async () => {
    const backup = await new Backup(compiledWith()).begin(...pairs(0, 20));
    await backup.save();
    const { generation } = (await backup.store.deployment('test'))!;
    backup.loseState();
    // As a service that starts on an empty Redis.
    const later = await deploy(backup.pipeline, backup.upgrade.ports);
    expect(later.generation).toBeGreaterThan(generation);
    await expect(backup.load()).rejects.toThrow('--new-generation');
    const loaded = await backup.load({ inNewGeneration: true });
    expect(loaded.generation).toBeGreaterThan(later.generation);
    expect(await backup.store.peek(TASK)).toMatchObject({
      generation: loaded.generation,
      progress: { nextOffset: 20n },
    });
    await backup.goOn(...pairs(20, 30));
    const revisions = backup.upgrade.written.slice(-2).map(({ revision }) => revision);
    expect(revisions.every((revision) => revision > loaded.generation)).toBe(true);
  });

  it('of an exactly-once topic stays in its generation, which the topic goes on from', async () => {
    const sinks = [{ kafka: { topic: 'out', delivery: 'exactly-once' } }];
    const backup = await new Backup(compiledWith({ sinks })).begin(...pairs(0, 4));
    await backup.save();
    backup.loseState();
    await deploy(backup.pipeline, backup.upgrade.ports);
    await expect(backup.load({ inNewGeneration: true })).rejects.toThrow('its exactly-once topic has the rows');
  });

  it('is not made of a pipeline that was never deployed', async () => {
    await expect(new Backup(compiledWith()).save()).rejects.toThrow('test is not deployed: there is nothing to save');
  });

  it('is not made of two generations', async () => {
    const backup = await new Backup(compiledWith()).begin(...pairs(0, 4));
    const { store } = backup;
    const deployment = (await store.deployment('test'))!;
    const copyOf = store.savepoints.copyOf.bind(store.savepoints);
    Object.assign(store.savepoints, {
      async *copyOf(id: typeof TASK) {
        yield* copyOf(id);
        await store.redeploy('test', { ...deployment, generation: deployment.generation + 2n }, 0);
      },
    });
    await expect(backup.save()).rejects.toThrow('A new generation of test began while it was saved');
  });
});
