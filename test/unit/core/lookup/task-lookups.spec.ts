import type { JsonValue } from '../../../../src/core/json';
import type { LookupTable } from '../../../../src/core/lookup/lookup-table';
import { MemoryTable } from '../../../../src/core/lookup/memory-table';
import type { CompiledPipeline } from '../../../../src/core/pipeline/compiled-pipeline';
import type { SourceRecord } from '../../../../src/core/ports/record-source.port';
import { Task } from '../../../../src/core/task/task';
import { compiledWith, EPOCH_MS } from '../../../support/pipelines';

/** A table that knows of an entry only what was loaded. */
class LoadedTable implements LookupTable {
  readonly isWhole = false;
  private readonly loaded = new Map<string, JsonValue | undefined>();

  constructor(private readonly stored: Readonly<Record<string, JsonValue>>) {}

  has(key: string): boolean {
    return this.loaded.has(key);
  }

  find(key: string): JsonValue | undefined {
    if (!this.loaded.has(key)) throw new Error(`${key} was not loaded`);
    return this.loaded.get(key);
  }

  load(key: string): void {
    this.loaded.set(key, this.stored[key]);
  }
}

function taskOf(pipeline: CompiledPipeline, lookupTables: readonly LookupTable[]): Task {
  return new Task({
    ...{ id: { pipeline: 'test', partition: 0 }, pipeline, lookupTables, checkpoint: undefined, generation: 0n },
    ...{
      startOffset: 0n,
      shownUpTo: 0n,
      cacheBytes: Infinity,
      maxRows: 5_000,
      maxBytes: 1 << 20,
      keyedByMessage: false,
    },
  });
}

function records(...values: object[]): SourceRecord[] {
  return values.map((value, i) => ({
    ...{ offset: BigInt(i), timestampMs: EPOCH_MS, key: null },
    value: Buffer.from(JSON.stringify({ key: 'a', t: EPOCH_MS, ...value })),
  }));
}

function loaded(stored: Readonly<Record<string, JsonValue>>): LoadedTable {
  const table = new LoadedTable(stored);
  for (const key of [...Object.keys(stored), 'none']) table.load(key);
  return table;
}

const redis = (over: object = {}) => ({ table: 'redis', name: 'sensors', on: 'sensor_id', as: 'sensor', ...over });

describe('a task with a lookup', () => {
  it('gives the entry to where, derive and aggregates', () => {
    const pipeline = compiledWith({
      lookup: redis(),
      where: 'x < sensor.threshold',
      derive: { site: 'sensor.site' },
      key: ['site'],
      aggregate: { most: 'max(x)', limit: 'max(sensor.threshold)', n: 'count()' },
    });
    const task = taskOf(pipeline, [
      loaded({ s1: { threshold: 5, site: 'north' }, s2: { threshold: 2, site: 'south' } }),
    ]);
    task.process(records({ x: 4, sensor_id: 's1' }, { x: 6, sensor_id: 's1' }, { x: 1, sensor_id: 's2' }));
    const rows = task.freeze(0)!.rows.map(({ key, values }) => ({ ...key, ...values }));
    expect(rows).toEqual([
      { site: 'north', most: 4, limit: 5, n: 1 },
      { site: 'south', most: 1, limit: 2, n: 1 },
    ]);
    expect(task.totals).toEqual({ accepted: 2, filtered: 1, late: 0, dead: 0 });
  });

  it('puts the entry into the rows of a pipeline without windows', () => {
    const stateless = { key: undefined, window: undefined, aggregate: undefined, emit: {} };
    const task = taskOf(compiledWith({ ...stateless, lookup: redis() }), [loaded({ s1: { site: 'north' } })]);
    task.process(records({ sensor_id: 's1' }));
    expect(task.freeze(0)!.rows[0]!.values).toMatchObject({ sensor_id: 's1', sensor: { site: 'north' } });
  });

  it.each([
    ['text', { id: '7' }, 'id'],
    ['a whole number', { id: 7 }, 'id'],
    ['a number that CEL computes', { id: 6 }, 'id + 1'],
    ['text that CEL makes', { id: '' }, 'id + "7"'],
  ])('finds the entry by %s', (_what, value, on) => {
    const pipeline = compiledWith({ lookup: redis({ on }), aggregate: { found: 'max(sensor)' } });
    const task = taskOf(pipeline, [loaded({ 7: 70 })]);
    task.process(records(value));
    expect(task.freeze(0)!.rows[0]!.values).toEqual({ found: 70 });
  });

  it('finds the entry of true', () => {
    const task = taskOf(compiledWith({ lookup: redis({ on: 'ok' }), aggregate: { found: 'max(sensor)' } }), [
      loaded({ true: 1 }),
    ]);
    task.process(records({ ok: true }));
    expect(task.freeze(0)!.rows[0]!.values).toEqual({ found: 1 });
  });

  describe.each([
    ['has no entry', { sensor_id: 'none' }, 'lookup sensor: there is no entry "none" of Redis hash sensors'],
    ['names none', {}, 'lookup sensor: the record names no entry of Redis hash sensors'],
  ])('for a record that %s', (_what, value, message) => {
    const run = (missing?: null | 'drop' | 'dead-letter'): Task => {
      const lookup = redis(missing === undefined ? {} : { missing });
      const task = taskOf(compiledWith({ lookup, where: 'sensor == null' }), [loaded({})]);
      task.process(records(value));
      return task;
    };

    it.each([undefined, null])('goes on with null when missing is %s', (missing) => {
      expect(run(missing).totals).toEqual({ accepted: 1, filtered: 0, late: 0, dead: 0 });
    });

    it('filters it when missing is drop', () => {
      expect(run('drop').totals).toEqual({ accepted: 0, filtered: 1, late: 0, dead: 0 });
    });

    it('makes it a dead letter when missing is dead-letter', () => {
      const task = run('dead-letter');
      expect(task.totals).toEqual({ accepted: 0, filtered: 0, late: 0, dead: 1 });
      expect(task.freeze(0)!.deadLetters).toMatchObject([{ reason: 'lookup-missing', message }]);
    });
  });

  it.each([
    [
      'a list',
      { sensor_id: ['s1'] },
      'sensor_id',
      'bad-value',
      'lookup sensor: sensor_id: ["s1"] is a list; text, a number or a boolean is needed',
    ],
    [
      'a failing expression',
      { sensor_id: 's1' },
      'sensor_id + 1',
      'expression-failed',
      'lookup sensor: sensor_id + 1: no such overload',
    ],
  ])('makes a record whose key is %s a dead letter', (_what, value, on, reason, message) => {
    const task = taskOf(compiledWith({ lookup: redis({ on }) }), [loaded({})]);
    task.process(records(value));
    const [letter] = task.freeze(0)!.deadLetters;
    expect(letter).toMatchObject({ reason });
    expect(letter!.message).toContain(message);
  });

  it('names what has to be loaded, the later lookups once the earlier ones are there', () => {
    const site = redis({ name: 'sites', on: 'sensor.site', as: 'site' });
    const pipeline = compiledWith({ lookup: [redis(), site], aggregate: { zone: 'max(site.zone)' } });
    const tables = [new LoadedTable({ s1: { site: 'n' } }), new LoadedTable({ n: { zone: 3 } })];
    const task = taskOf(pipeline, tables);
    const two = records({ sensor_id: 's1' }, { sensor_id: 's1' });
    expect(task.lookupsToLoad(two)).toEqual([{ index: 0, key: 's1' }]);
    tables[0]!.load('s1');
    expect(task.lookupsToLoad(two)).toEqual([{ index: 1, key: 'n' }]);
    tables[1]!.load('n');
    expect(task.lookupsToLoad(two)).toEqual([]);
    task.process(two);
    expect(task.freeze(0)!.rows[0]!.values).toEqual({ zone: 3 });
  });

  it('sees the version of its own time in a table in points of time', () => {
    const lookup = { table: 'topic', name: 'sensors', on: 'sensor_id', as: 'sensor', pointInTime: true };
    const pipeline = compiledWith({
      lookup,
      key: ['x'],
      aggregate: { limit: 'max(sensor)' },
      window: { kind: 'global' },
    });
    const { table: spec } = pipeline.lookups[0]!;
    if (spec.kind !== 'topic') throw new Error('a topic was asked for');
    const table = new MemoryTable(spec);
    table.put({ key: 's1', value: 10, timeMs: EPOCH_MS, offset: 0n });
    table.put({ key: 's1', value: 20, timeMs: EPOCH_MS + 1_000, offset: 1n });
    table.put({ key: 's1', value: undefined, timeMs: EPOCH_MS + 2_000, offset: 2n });
    const task = taskOf(pipeline, [table]);
    const at = [1_000, 999, -1, 2_000];
    task.process(records(...at.map((ms, x) => ({ sensor_id: 's1', x, t: EPOCH_MS + ms }))));
    const limits = new Map(task.freeze(0)!.rows.map(({ key, values }) => [key['x'], values!['limit']]));
    expect(at.map((_ms, x) => limits.get(x))).toEqual([20, 10, null, null]);
  });

  it('stops, before the record, when its table cannot be used any more', () => {
    const lookup = { table: 'topic', name: 'sensors', on: 'sensor_id', as: 'sensor', maxEntries: 1 };
    const pipeline = compiledWith({ lookup });
    const { table: spec } = pipeline.lookups[0]!;
    if (spec.kind !== 'topic') throw new Error('a topic was asked for');
    const table = new MemoryTable(spec);
    const task = taskOf(pipeline, [table]);
    const two = records({ sensor_id: 's1' }, { sensor_id: 's1' });
    task.process(two, 0, 1);
    for (const key of ['s1', 's2']) table.put({ key, value: 1, timeMs: 0, offset: 0n });
    expect(() => task.process(two)).toThrow(/more than 1 entries/);
    expect([task.position, task.totals]).toEqual([1n, { accepted: 1, filtered: 0, late: 0, dead: 0 }]);
  });

  it('is refused without its table', () => {
    expect(() => taskOf(compiledWith({ lookup: redis() }), [])).toThrow(/1 lookups was given 0 tables/);
  });
});
