import fc from 'fast-check';

import { MemoryLog } from '../../src/adapters/memory/memory-log';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import type { SourceRecord } from '../../src/core/ports/record-source.port';
import { CarriedRecord, outgoingRecords } from '../../src/core/repartition/carried-record';
import { aggregateStage, shuffleStage } from '../../src/core/repartition/two-stages';
import type { Row } from '../../src/core/row/row';
import type { FrozenDelta } from '../../src/core/task/frozen-delta';
import type { Task } from '../../src/core/task/task';
import type { TaskOptions } from '../../src/core/task/task-options';
import { compiledWith, recordOf } from '../support/pipelines';
import { StoredTask } from '../support/stored-task';

const PARTITIONS = 2;
const MOST_SOURCES = 3;
/** Without a size, fast-check draws about ten at most: too few for what one owner has stored to matter to the next. */
const LONG = { maxLength: 80, size: 'max' } as const;
const MANY_STEPS = { maxLength: 30, size: 'max' } as const;

const WINDOWS = {
  tumbling: { kind: 'tumbling', size: '10s', grace: '2s' },
  hopping: { kind: 'hopping', size: '12s', advance: '4s', grace: '1s' },
  cumulative: { kind: 'cumulative', size: '12s', step: '4s' },
  calendar: { kind: 'calendar', unit: 'hour', zone: 'Asia/Shanghai' },
  global: { kind: 'global' },
};
const AGGREGATE = {
  n: 'count()',
  total: 'sum(x)',
  mean: 'avg(x)',
  least: 'min(x)',
  most: 'max(x)',
  spread: 'variance(x)',
  values: 'distinct(x)',
};

function pipelineOf(window: object, range: number | undefined, late: unknown): CompiledPipeline {
  return compiledWith({
    ...{ where: 'x == null || x >= -900', sinks: [{ live: {} }], window, aggregate: AGGREGATE, late },
    ...(range !== undefined && { repartition: { when: 'always', preAggregate: true, range } }),
  });
}

const common: Omit<TaskOptions, 'id' | 'pipeline' | 'startOffset' | 'shownUpTo' | 'checkpoint'> = {
  ...{ generation: 1_000_000n, cacheBytes: 1, maxRows: 10_000, maxBytes: 1 << 20, keyedByMessage: false },
};

/** One owner of the shuffle of one partition. */
interface ShuffleOwner {
  readonly source: number;
  readonly task: Task;
}

/** What comes of the pipeline; rows by key and start and end of the window. */
interface Outcome {
  readonly rows: Record<string, Row['values']>;
  readonly accepted: number;
  readonly late: number;
}

/** The source, the internal topic, and what the store has of the shuffle. */
class World {
  readonly internal = new MemoryLog({ now: () => 0 });
  private readonly stored: readonly StoredTask[];

  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly sources: readonly (readonly SourceRecord[])[],
  ) {
    this.stored = sources.map((records, partition) => {
      const id = { pipeline: 'test.shuffle', partition };
      const stage = { pipeline: shuffleStage(pipeline), startOffset: 0n, shownUpTo: BigInt(records.length) };
      return new StoredTask({ ...common, ...stage, id, forwards: true });
    });
  }

  async open(): Promise<void> {
    await this.internal.ensure([{ topic: 'internal', partitions: PARTITIONS, purpose: 'repartition' }]);
  }

  async owner(source: number): Promise<ShuffleOwner> {
    return { source, task: await this.stored[source]!.claim() };
  }

  forget(source: number, commits: number): Promise<void> {
    return this.stored[source]!.forget(commits);
  }

  /** Reads `count` records, appends a part of what that makes, and commits unless the owner has died by then or is a zombie. */
  async shuffle({ source, task }: ShuffleOwner, count: number, commits: boolean, appends = 1): Promise<void> {
    const from = Number(task.position);
    task.process(this.sources[source]!.slice(from, from + count));
    const frozen = task.freeze(0);
    if (!frozen) return;
    const { forwarded: all } = frozen;
    for (const forwarded of all.slice(0, Math.ceil(all.length * appends))) {
      await this.internal.send('internal', outgoingRecords(forwarded, PARTITIONS));
    }
    if (commits) await this.stored[source]!.commit(frozen.commit);
    task.committed();
  }

  get forwarded(): number {
    const isRecord = ({ value }: SourceRecord): boolean => value !== null;
    return [0, 1].flatMap((partition) => this.read(partition)).filter(isRecord).length;
  }

  /** What stage 2 makes of the internal topic, though it starts again after every `life` records. */
  async outcome(life: number): Promise<Outcome> {
    const newest = new Map<string, Row>();
    let [accepted, late] = [0, 0];
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const stage = { pipeline: aggregateStage(this.pipeline), startOffset: 0n, shownUpTo: 0n };
      const id = { pipeline: 'test', partition };
      const stored = new StoredTask({ ...common, ...stage, id, sourcePartitions: this.sources.length });
      let task = await stored.claim();
      for (const [i, record] of this.read(partition).entries()) {
        if (i % life === life - 1) task = await stored.claim();
        await stored.process(task, new CarriedRecord(record));
        keepNewest(newest, await stored.drain(task));
      }
      task.closeAll();
      keepNewest(newest, await stored.drain(task));
      accepted += task.totals.accepted;
      late += task.totals.late;
    }
    return { rows: valuesOf(newest), accepted, late };
  }

  private read(partition: number): readonly SourceRecord[] {
    return this.internal.read('internal', partition, 0n, 1_000_000).records;
  }
}

function keepNewest(newest: Map<string, Row>, deltas: readonly FrozenDelta[]): void {
  for (const row of deltas.flatMap(({ rows }) => rows)) {
    const name = `${row.keyText}@${row.window?.startMs}-${row.window?.endMs}`;
    if ((newest.get(name)?.revision ?? -1n) < row.revision) newest.set(name, row);
  }
}

function valuesOf(newest: ReadonlyMap<string, Row>): Record<string, Row['values']> {
  return Object.fromEntries([...newest].map(([name, { values }]) => [name, values]));
}

/** What one task makes of records that need no repartition topic. */
async function reference(window: object, late: unknown, records: readonly SourceRecord[]): Promise<Outcome> {
  const stage = { pipeline: pipelineOf(window, undefined, late), startOffset: 0n, shownUpTo: 0n };
  const stored = new StoredTask({ ...common, ...stage, cacheBytes: Infinity, id: { pipeline: 'test', partition: 0 } });
  const task = await stored.claim();
  const newest = new Map<string, Row>();
  for (const record of records) {
    await stored.process(task, record);
    keepNewest(newest, await stored.drain(task));
  }
  task.closeAll();
  keepNewest(newest, await stored.drain(task));
  return { rows: valuesOf(newest), accepted: task.totals.accepted, late: task.totals.late };
}

interface Draw {
  readonly source: number;
  readonly key: string;
  readonly step: number;
  readonly x: number | null;
}

const drawOf = (sources: number, leastStep: number): fc.Arbitrary<Draw> =>
  fc.record({
    source: fc.integer({ min: 0, max: sources - 1 }),
    key: fc.constantFrom('a', 'b', 'c', 'line\nbreak'),
    step: fc.integer({ min: leastStep, max: 6 }),
    x: fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null }),
  });

interface Step {
  readonly source: number;
  readonly count: number;
  readonly then:
    'commit' | 'die while appending' | 'die before commit' | 'die and be forgotten' | 'be taken for dead' | 'wake up';
}

const stepOf = (sources: number): fc.Arbitrary<Step> =>
  fc.record({
    source: fc.integer({ min: 0, max: sources - 1 }),
    count: fc.integer({ min: 0, max: 9 }),
    then: fc.constantFrom<Step['then'][]>(
      'commit',
      'commit',
      'die while appending',
      'die before commit',
      'die and be forgotten',
      'be taken for dead',
      'wake up',
    ),
  });

/** Records in order of their time of arrival, with offsets of their partitions. */
function sourcesOf(draws: readonly Draw[], count: number): SourceRecord[][] {
  const sources: SourceRecord[][] = Array.from({ length: count }, () => []);
  const times = new Array<number>(count).fill(100);
  for (const { source, key, step, x } of draws) {
    const at = (times[source]! += step);
    const records = sources[source]!;
    records.push({ ...recordOf(records.length, { key, at, x }), key: null });
  }
  return sources;
}

/** What two owners of each partition, any of them a zombie, make of the source in any order of steps. */
async function shuffled(
  pipeline: CompiledPipeline,
  sources: readonly (readonly SourceRecord[])[],
  steps: readonly Step[],
): Promise<World> {
  const world = new World(pipeline, sources);
  await world.open();
  const owners = await Promise.all(sources.map((_, source) => world.owner(source)));
  const zombies: ShuffleOwner[] = [];
  for (const { source, count, then } of steps) {
    if (then === 'wake up') {
      for (const zombie of zombies) await world.shuffle(zombie, count, false);
      continue;
    }
    const commits = then === 'commit' || then === 'die and be forgotten';
    await world.shuffle(owners[source]!, count, commits, then === 'die while appending' ? 0.5 : 1);
    if (then === 'be taken for dead') zombies.push(owners[source]!);
    if (then === 'die and be forgotten') await world.forget(source, 1 + (count % 3));
    if (then !== 'commit') owners[source] = await world.owner(source);
  }
  for (const owner of owners) {
    while (owner.task.position < BigInt(sources[owner.source]!.length)) await world.shuffle(owner, 5, true);
    await world.shuffle(owner, 0, true);
  }
  for (const zombie of zombies) await world.shuffle(zombie, 1, false);
  return world;
}

function byTime(sources: readonly (readonly SourceRecord[])[]): SourceRecord[] {
  const timeOf = ({ value }: SourceRecord): number => (JSON.parse(String(value)) as { t: number }).t;
  const sorted = sources.flat().sort((a, b) => timeOf(a) - timeOf(b));
  return sorted.map((record, i) => ({ ...record, offset: BigInt(i) }));
}

const ranges = fc.constantFrom(1, 2, 5, 16, 1024);
const lives = fc.integer({ min: 2, max: 60 });

describe.each(Object.entries(WINDOWS))('%s windows, aggregated before the repartition topic,', (kind, window) => {
  it('make the same table and counts whatever owners of the shuffle die, are taken for dead, or find an older state', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(drawOf(MOST_SOURCES, 0), LONG),
        fc.array(stepOf(MOST_SOURCES), MANY_STEPS),
        ...[ranges, lives],
        async (draws, steps, range, life) => {
          const sources = sourcesOf(draws, MOST_SOURCES);
          const world = await shuffled(pipelineOf(window, range, 'drop'), sources, steps);
          const expected = await reference(window, 'drop', byTime(sources));
          expect(expected.late).toBe(0);
          expect(await world.outcome(life)).toEqual(approximately(expected));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('judge records that are out of order as without a repartition topic', async () => {
    const policies = kind === 'global' ? ['drop'] : ['drop', { amend: '20s' }];
    await fc.assert(
      fc.asyncProperty(
        fc.array(drawOf(1, -12), LONG),
        fc.array(stepOf(1), MANY_STEPS),
        ...[ranges, lives, fc.constantFrom(...policies)],
        async (draws, steps, range, life, late) => {
          const sources = sourcesOf(draws, 1);
          const world = await shuffled(pipelineOf(window, range, late), sources, steps);
          expect(await world.outcome(life)).toEqual(approximately(await reference(window, late, sources[0]!)));
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Sums are compensated; means and variances divide them, in another order. */
function approximately({ rows, ...counts }: Outcome): object {
  const near = (value: unknown): unknown => (typeof value === 'number' ? expect.closeTo(value, 6) : value);
  const entries = Object.entries(rows).map(([name, values]) => [
    name,
    Object.fromEntries(Object.entries(values ?? {}).map(([aggregate, value]) => [aggregate, near(value)])),
  ]);
  return { rows: Object.fromEntries(entries) as object, ...counts };
}

describe('records aggregated before the repartition topic', () => {
  it('are never more there than they were', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(drawOf(MOST_SOURCES, -3), LONG),
        ...[ranges, fc.integer({ min: 1, max: 80 })],
        async (draws, range, every) => {
          const sources = sourcesOf(draws, MOST_SOURCES);
          const steps = sources.flatMap((records, source) =>
            Array.from({ length: Math.ceil(records.length / every) }, () => ({
              ...{ source, count: every, then: 'commit' as const },
            })),
          );
          const world = await shuffled(pipelineOf(WINDOWS.tumbling, range, 'drop'), sources, steps);
          expect(world.forwarded).toBeLessThanOrEqual(draws.length);
        },
      ),
    );
  });
});
