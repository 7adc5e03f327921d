import fc from 'fast-check';
import { MemoryTables } from '../../src/adapters/memory/memory-tables';
import { CommittedTasks } from '../../src/api/committed-tasks';
import { OpenRows } from '../../src/api/open-rows';
import { RowsService } from '../../src/api/rows.service';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import type { Row } from '../../src/core/row/row';
import { compareRows, NewestRows, rowIdentity } from '../../src/core/row/row-identity';
import type { Pipelines } from '../../src/runtime/pipelines';
import type { Ports } from '../../src/runtime/ports';
import { compiledWith, recordOf } from '../support/pipelines';
import { TaskHarness } from '../support/task-harness';

const reading = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  step: fc.integer({ min: -9, max: 6 }),
  x: fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null }),
});
const amounts = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 });

const WINDOWS = [
  { kind: 'tumbling', size: '10s', grace: '3s' },
  { kind: 'calendar', unit: 'hour', zone: 'Asia/Kolkata' },
  { kind: 'hopping', size: '10s', advance: '3s', grace: '3s' },
  { kind: 'cumulative', size: '12s', step: '3s', grace: '3s' },
  { kind: 'session', gap: '3s', grace: '4s' },
  { kind: 'sliding', size: '5s', grace: '4s' },
  { kind: 'count', size: 3 },
  { kind: 'global' },
];
const CASES = WINDOWS.flatMap((window) =>
  (['count', 'global'].includes(window.kind) ? ['drop' as const] : ['drop' as const, { amend: '8s' }]).flatMap((late) =>
    ['both', 'update'].map((on) => ({ window, late, on, name: JSON.stringify({ ...window, late, on }) })),
  ),
);

/** Reads what a harness has committed, and what reached its sinks, as the API does. */
class Reading {
  private readonly tables = new MemoryTables();
  private readonly rows: RowsService;

  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly harness: TaskHarness,
  ) {
    const ports = { stateStore: harness.store, readerOf: () => this.tables.readerFor(pipeline) } as unknown as Ports;
    const status = { name: pipeline.name, state: 'running', partitions: 1, tasks: [] };
    const pipelines = { status: () => status } as unknown as Pipelines;
    this.rows = new RowsService(pipelines, ports, new CommittedTasks(pipelines, ports), new OpenRows(ports));
  }

  /** Every row, over pages of so many; a row that two pages have counts in its newest version. */
  async all(limit: number, key: ReadonlyMap<string, string> = new Map()): Promise<readonly Row[]> {
    await this.tables.sinkFor(this.pipeline).write(this.harness.emitted, AbortSignal.timeout(10_000));
    const newest = new NewestRows();
    let seen = 0;
    let cursor: string | undefined;
    do {
      const page = await this.rows.page(this.pipeline, { key, limit, ...(cursor !== undefined && { cursor }) });
      expect(page.rows.length).toBeLessThanOrEqual(limit);
      page.rows.forEach((row) => newest.offer(row));
      seen += page.rows.length;
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(newest.size).toBe(seen);
    return newest.sorted();
  }
}

describe('open rows joined with those of the table are what a sink that is told everything has', () => {
  it.each(CASES)('$name', async ({ window, late, on }) => {
    const told = compiledWith({ window, late, emit: { on } });
    const heldBack = compiledWith({ window, late, emit: { on, every: '1h' } });
    await fc.assert(
      fc.asyncProperty(
        fc.array(reading, { maxLength: 50 }),
        amounts,
        fc.integer({ min: 1, max: 7 }),
        async (...drawn) => {
          const [draws, counts, limit] = drawn;
          let now = 100;
          const records = draws.map(({ key, step: by, x }, i) => {
            now = Math.max(now, now + by);
            return recordOf(i, { key, x, at: Math.max(0, now + Math.min(by, 0)) });
          });
          const harnesses = [
            await TaskHarness.start(told, { nameOf: rowIdentity }),
            await TaskHarness.start(heldBack, { nameOf: rowIdentity }),
          ] as const;
          for (const harness of harnesses) {
            let at = 0;
            for (const count of counts) {
              await harness.process(records.slice(at, at + count));
              await harness.checkpoint();
              at += count;
            }
            await harness.checkpoint();
          }
          const expected = [...harnesses[0].table.values()]
            .filter(({ values }) => values !== undefined)
            .sort(compareRows);
          for (const [i, pipeline] of [told, heldBack].entries()) {
            const rows = new Reading(pipeline, harnesses[i]!);
            expect((await rows.all(limit)).map(versionOf)).toEqual(expected.map(versionOf));
            const ofKey = expected.filter(({ keyText }) => keyText === 'b');
            expect((await rows.all(limit, new Map([['key', 'b']]))).map(versionOf)).toEqual(ofKey.map(versionOf));
          }
        },
      ),
      { numRuns: 40, seed: 5 },
    );
  });
});

function versionOf({ keyText, window, values, revision, final }: Row) {
  return { keyText, window, values, revision, final };
}
