import { MemoryLog } from '../../../src/adapters/memory/memory-log';
import { MemoryStateStore } from '../../../src/adapters/memory/memory-state-store';
import { TransientError } from '../../../src/core/errors';
import type { CompiledPipeline } from '../../../src/core/pipeline/compiled-pipeline';
import type { SourceRecord } from '../../../src/core/ports/record-source.port';
import { repartitionTopic } from '../../../src/core/repartition/names';
import { deploy } from '../../../src/runtime/deployment';
import { mirrorMetadata } from '../../../src/runtime/mirror-metadata';
import { compiledWith, recordOf } from '../../support/pipelines';

const reading = { key: 'a', at: 1, x: 1 };
const keyed = recordOf(0, reading);
const keyedOtherwise: SourceRecord = { ...keyed, key: Buffer.from('sensor 7') };

describe('whether a generation is repartitioned', () => {
  let store: MemoryStateStore;
  let log: MemoryLog;
  let asked: string[];
  let newest: readonly SourceRecord[];
  const clock = { now: () => 1_700_000_000_000 };

  beforeEach(async () => {
    store = new MemoryStateStore();
    log = new MemoryLog(clock);
    asked = [];
    newest = [];
    await log.ensure([{ topic: 'readings', partitions: 4, purpose: 'source' }]);
  });
  const deployed = (pipeline: CompiledPipeline) =>
    deploy(pipeline, {
      ...{ stateStore: store, topics: log, clock },
      newestRecords: (topic) => {
        asked.push(topic);
        return Promise.resolve(newest);
      },
    });
  const decision = async (spec: Record<string, unknown> = {}): Promise<boolean> =>
    (await deployed(compiledWith(spec))).repartitioned;

  it.each<[string, SourceRecord[], boolean]>([
    ['an empty topic is taken as keyed', [], false],
    ['message keys that are the key need none', [keyed, keyed], false],
    ['one other message key asks for it', [keyed, keyedOtherwise], true],
    ['a record without a message key asks for it', [{ ...keyed, key: null }], true],
    ['a record that cannot be read says nothing', [{ ...keyed, key: null, value: Buffer.from('?') }], false],
  ])('is told by the newest records: %s', async (_, records, expected) => {
    newest = records;
    expect(await decision()).toBe(expected);
  });

  it('is not told by records that the filter leaves out', async () => {
    newest = [keyedOtherwise];
    expect(await decision({ where: 'x > 1' })).toBe(false);
  });

  it('is said by the definition, without a look at the records', async () => {
    newest = [keyedOtherwise];
    expect(await decision({ repartition: 'never' })).toBe(false);
    store = new MemoryStateStore();
    expect(await decision({ repartition: 'always' })).toBe(true);
    expect(asked).toEqual([]);
  });

  it('stays as it is, whatever the records are later', async () => {
    expect(await decision()).toBe(false);
    newest = [keyedOtherwise];
    expect(await decision()).toBe(false);
    expect(asked).toEqual(['readings']);
  });

  it('cannot be changed by the definition without a new generation', async () => {
    await decision();
    await expect(decision({ repartition: 'always' })).rejects.toThrow(
      'its generation runs without a repartition topic. Undo the change, or start a new generation with: millrace rebuild test',
    );
  });

  it('is remembered by the mirror when the store has lost it, with a generation beyond all rows', async () => {
    const generation = 1_700_000_000_000_000n;
    const internal = repartitionTopic('test', generation);
    await log.ensure([{ topic: internal, partitions: 1, purpose: 'repartition' }]);
    await log.send(
      internal,
      Array.from({ length: 3 }, () => ({ key: null, value: 'v' })),
    );
    log.commitMirror('test.shuffle', 'readings', 0, 1n, mirrorMetadata({ startOffset: 0n, generation }));
    const found = await deployed(compiledWith());
    expect(found.repartitioned).toBe(true);
    expect(found.generation).toBeGreaterThan(generation + 7n);
  });

  it.each([
    ['grouped by what is looked up', { key: ['region'], derive: undefined }],
    ['grouped by what is computed of it', { key: ['area'], derive: { area: 'region' } }],
  ])('cannot be so for a key that a table may change: %s', async (_, spec) => {
    const lookup = [{ table: 'redis', name: 'regions', on: 'key', as: 'region' }];
    await expect(decision({ repartition: 'always', lookup, ...spec })).rejects.toThrow('cannot be repartitioned by');
  });
});

describe('the number of partitions that a generation was deployed with', () => {
  const clock = { now: () => 1_700_000_000_000 };
  const newestRecords = () => Promise.resolve([]);
  let log: MemoryLog;
  let stateStore: MemoryStateStore;
  const deployed = (spec: Record<string, unknown> = {}) =>
    deploy(compiledWith(spec), { stateStore, topics: log, clock, newestRecords });
  const topicOf = (partitions: number) => {
    log = new MemoryLog(clock);
    return log.ensure([{ topic: 'readings', partitions, purpose: 'source' }]);
  };

  beforeEach(async () => {
    stateStore = new MemoryStateStore();
    await topicOf(4);
  });

  it('must not have grown where keys would move', async () => {
    expect((await deployed()).partitions).toBe(4);
    await topicOf(6);
    await expect(deployed()).rejects.toThrow(/had 4 partitions when test was deployed and has 6: keys have moved/);
  });

  it('may grow where a repartition topic keeps keys in their place', async () => {
    await deployed({ repartition: 'always' });
    await topicOf(6);
    expect((await deployed({ repartition: 'always' })).partitions).toBe(4);
  });

  it('is taken as it is where an older version deployed without it', async () => {
    const { generation, fingerprint } = await deployed();
    stateStore = new MemoryStateStore();
    await stateStore.deploy('test', { generation, fingerprint, repartitioned: false, partitions: undefined });
    expect(await deployed()).toMatchObject({ generation, fingerprint, repartitioned: false, partitions: 4 });
    expect((await stateStore.deployment('test'))?.partitions).toBe(4);
  });

  it('is asked for again while the topic is not there', async () => {
    log = new MemoryLog(clock);
    await expect(deployed()).rejects.toThrow(TransientError);
  });
});
