import fc from 'fast-check';

import { MemoryLog } from '../../src/adapters/memory/memory-log';
import type { SourceRecord } from '../../src/core/ports/record-source.port';
import { CarriedRecord, outgoingRecords } from '../../src/core/repartition/carried-record';
import { aggregateStage, shuffleStage } from '../../src/core/repartition/two-stages';
import type { Row } from '../../src/core/row/row';
import { Task } from '../../src/core/task/task';
import type { TaskOptions } from '../../src/core/task/task-options';
import { compiledWith, recordOf } from '../support/pipelines';

const SOURCES = 3;
const PARTITIONS = 2;
const pipeline = compiledWith({ where: 'x == null || x >= -900', sinks: [{ live: {} }] });

/** One owner of the shuffle of one partition: its task, and what it has frozen and not appended yet. */
interface ShuffleOwner {
  readonly source: number;
  readonly task: Task;
}

const common: Pick<
  TaskOptions,
  'generation' | 'checkpoint' | 'cacheBytes' | 'maxRows' | 'maxBytes' | 'keyedByMessage'
> = {
  ...{ generation: 1_000_000n, checkpoint: undefined, cacheBytes: Infinity, maxRows: 7, maxBytes: 1 << 20 },
  keyedByMessage: false,
};

/** The source, the internal topic and the offsets that are committed of the shuffle. */
class World {
  readonly internal = new MemoryLog({ now: () => 0 });
  readonly committed = new Map<number, bigint>();

  constructor(readonly sources: readonly (readonly SourceRecord[])[]) {}

  owner(source: number): ShuffleOwner {
    const startOffset = this.committed.get(source) ?? 0n;
    const id = { pipeline: 'test.shuffle', partition: source };
    const stage = { pipeline: shuffleStage(pipeline), startOffset, shownUpTo: 0n, forwards: true };
    return { source, task: new Task({ ...common, id, ...stage }) };
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
    if (commits) this.committed.set(source, frozen.commit.progress.nextOffset);
  }

  async open(): Promise<void> {
    await this.internal.ensure([{ topic: 'internal', partitions: PARTITIONS, purpose: 'repartition' }]);
  }

  /** The rows that stage 2 makes of the internal topic, by key and start; every window is closed at the end. */
  table(): { readonly rows: Record<string, Row['values']>; readonly late: number } {
    const newest = new Map<string, Row>();
    let late = 0;
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const { records } = this.internal.read('internal', partition, 0n, 1_000_000);
      const stage = { pipeline: aggregateStage(pipeline), startOffset: 0n, shownUpTo: 0n, sourcePartitions: SOURCES };
      const task = new Task({ ...common, maxRows: Infinity, id: { pipeline: 'test', partition }, ...stage });
      for (const record of records) {
        task.process([new CarriedRecord(record)]);
        this.take(task, newest);
      }
      task.closeAll();
      this.take(task, newest);
      late += task.totals.late;
    }
    const rows = [...newest].map(([name, { values }]) => [name, values]);
    return { rows: Object.fromEntries(rows) as Record<string, Row['values']>, late };
  }

  private take(task: Task, newest: Map<string, Row>): void {
    for (const row of task.freeze(0)?.rows ?? []) newest.set(`${row.keyText}@${row.window!.startMs}`, row);
    task.committed();
  }
}

const reading = fc.record({
  source: fc.integer({ min: 0, max: SOURCES - 1 }),
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  step: fc.integer({ min: 0, max: 6 }),
  x: fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null }),
});
interface Step {
  readonly source: number;
  readonly count: number;
  readonly then: 'commit' | 'die while appending' | 'die before commit' | 'be taken for dead' | 'wake up';
}

const step: fc.Arbitrary<Step> = fc.record({
  source: fc.integer({ min: 0, max: SOURCES - 1 }),
  count: fc.integer({ min: 0, max: 9 }),
  then: fc.constantFrom<Step['then'][]>(
    'commit',
    'die while appending',
    'die before commit',
    'be taken for dead',
    'wake up',
  ),
});

/** Each partition has its readings in order of time, as its producer sent them; keys are spread over all. */
function sourcesOf(
  draws: readonly { source: number; key: string; step: number; x: number | null }[],
): SourceRecord[][] {
  const sources: SourceRecord[][] = Array.from({ length: SOURCES }, () => []);
  const times = new Array<number>(SOURCES).fill(100);
  for (const { source, key, step: by, x } of draws) {
    const at = (times[source]! += by);
    const records = sources[source]!;
    records.push({ ...recordOf(records.length, { key, at, x }), key: null });
  }
  return sources;
}

/** What two owners of each partition, any of them a zombie, make of the source in any order of steps. */
async function shuffled(sources: readonly (readonly SourceRecord[])[], steps: readonly Step[]): Promise<World> {
  const world = new World(sources);
  await world.open();
  const owners = sources.map((_, source) => world.owner(source));
  const zombies: ShuffleOwner[] = [];
  for (const { source, count, then } of steps) {
    if (then === 'wake up') {
      for (const zombie of zombies) await world.shuffle(zombie, count, false);
      continue;
    }
    await world.shuffle(owners[source]!, count, then === 'commit', then === 'die while appending' ? 0.5 : 1);
    if (then === 'be taken for dead') zombies.push(owners[source]!);
    if (then !== 'commit') owners[source] = world.owner(source);
  }
  for (const owner of owners) {
    while (owner.task.position < BigInt(sources[owner.source]!.length)) await world.shuffle(owner, 5, true);
    // What has accepted nothing says so when it is idle, which whoever was killed may have done before.
    owner.task.advanceIdle(0);
    await world.shuffle(owner, 0, true);
  }
  return world;
}

describe('a repartitioned pipeline', () => {
  it('makes the same table whatever owners of its shuffle die, are taken for dead, and append the same again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(reading, { maxLength: 80 }),
        fc.array(step, { maxLength: 30 }),
        async (draws, steps) => {
          const sources = sourcesOf(draws);
          const world = await shuffled(sources, steps);
          const { rows, late } = world.table();
          expect({ rows, late }).toEqual({ rows: oracle(draws), late: 0 });
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Each window's readings in one pass: none is late, because no partition goes back in time. */
function oracle(
  draws: readonly { source: number; key: string; step: number; x: number | null }[],
): Record<string, unknown> {
  const windows = new Map<string, (number | null)[]>();
  for (const record of sourcesOf(draws).flat()) {
    const { key, t, x } = JSON.parse(String(record.value)) as { key: string; t: number; x: number | null };
    if (x !== null && x < -900) continue;
    const name = `${key}@${Math.floor(t / 10_000) * 10_000}`;
    windows.set(name, [...(windows.get(name) ?? []), x]);
  }
  return Object.fromEntries(
    [...windows].map(([name, values]) => {
      const present = values.filter((x) => x !== null);
      const total = present.reduce((sum, x) => sum + x, 0);
      const none = present.length === 0;
      const [least, most] = [Math.min(...present), Math.max(...present)];
      const mean = none ? null : expect.closeTo(total / present.length, 9);
      return [
        name,
        { n: values.length, total: none ? null : total, mean, least: none ? null : least, most: none ? null : most },
      ];
    }),
  );
}
