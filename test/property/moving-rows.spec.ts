import fc from 'fast-check';
import { MemoryTables } from '../../src/adapters/memory/memory-tables';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import type { RowSink } from '../../src/core/ports/row-sink.port';
import type { Row } from '../../src/core/row/row';
import { compiledWith, type Reading, recordOf } from '../support/pipelines';
import { TaskHarness } from '../support/task-harness';

const reading = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  step: fc.integer({ min: -2, max: 3 }),
  // Few places, so that rows come back to where they were.
  x: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
});
const step = fc.record({
  records: fc.integer({ min: 0, max: 6 }),
  then: fc.constantFrom('go on', 'checkpoint', 'die before sink', 'die within sink', 'die before commit', 'die'),
});

const pipeline = compiledWith({
  window: { kind: 'global' },
  aggregate: { place: 'last(x)', n: 'count()' },
  emit: { on: 'update' },
  sinks: [
    {
      cassandra: {
        table: 'k.by_place',
        moving: ['place'],
        columns: { all: '1', place: 'place', key: 'key.key', n: 'n' },
      },
    },
  ],
});

/** A table that a process may die while writing to, and that gets every write of the dead once more in the end. */
class DyingSink implements RowSink {
  readonly name = 'by place';
  readonly takesMoves = true;
  dies = false;
  readonly written: Row[] = [];

  constructor(private readonly table: RowSink) {}

  write(rows: readonly Row[], signal: AbortSignal): Promise<void> {
    this.written.push(...rows);
    return this.table.write(this.dies ? rows.filter((_, i) => i % 2 === 0) : rows, signal);
  }
}

/** The newest value of each key by event time, ties by offset, and how many records it had. */
function oracle(readings: readonly Reading[]): readonly object[] {
  const keys = [...new Set(readings.map(({ key }) => key))];
  return keys.flatMap((key) => {
    const own = readings.filter((one) => one.key === key);
    const newest = own.reduce<Reading | undefined>(
      (best, one) => (one.x !== null && (!best || one.at >= best.at) ? one : best),
      undefined,
    );
    return newest ? [{ place: newest.x, key, n: own.length }] : [];
  });
}

async function rowsByPlace(tables: MemoryTables): Promise<readonly object[]> {
  const rows = await tables.columns.read({
    ...{ table: 'k.by_place', partition: { all: 1 }, clustering: ['place', 'key'], descending: false, limit: 100 },
  });
  return rows.map(({ place, key, n }) => ({ place, key, n }));
}

const byKey = (rows: readonly object[]): readonly object[] =>
  [...rows].sort((a, b) => ((a as { key: string }).key < (b as { key: string }).key ? -1 : 1));

async function run(
  compiled: CompiledPipeline,
  records: readonly Reading[],
  steps: readonly { records: number; then: string }[],
) {
  const tables = new MemoryTables();
  const sink = new DyingSink(tables.sinkFor(compiled, compiled.sinks[0]));
  const source = records.map((one, i) => recordOf(i, one));
  const harness = await TaskHarness.start(compiled, { movingSink: sink, nameOf: ({ keyText }) => keyText });
  for (const { records: count, then } of steps) {
    const from = Number(harness.task.position);
    await harness.process(source.slice(from, from + count));
    sink.dies = then === 'die within sink';
    if (then === 'checkpoint') await harness.checkpoint();
    if (then === 'die before sink') await harness.checkpoint('sink');
    if (then === 'die within sink' || then === 'die before commit') await harness.checkpoint('commit');
    if (then.startsWith('die')) await harness.restart();
    sink.dies = false;
  }
  await harness.process(source.slice(Number(harness.task.position)));
  for (let i = 0; i < 3; i++) await harness.checkpoint();
  return { tables, sink };
}

describe('rows that move within a table', () => {
  it('stand in one place each, that of their newest value, wherever owners die', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(reading, { maxLength: 60 }),
        fc.array(step, { maxLength: 25 }),
        fc.boolean(),
        async (draws, steps, zombiesComeBack) => {
          let now = 100;
          const readings = draws.map(({ key, step: by, x }) => ({ key, x, at: Math.max(0, (now += by)) }));
          const { tables, sink } = await run(pipeline, readings, steps);
          const table = tables.sinkFor(pipeline, pipeline.sinks[0]);
          if (zombiesComeBack) await table.write([...sink.written].reverse(), AbortSignal.timeout(1_000));
          expect(byKey(await rowsByPlace(tables))).toEqual(byKey(oracle(readings)));
        },
      ),
      { numRuns: 300 },
    );
  });
});
