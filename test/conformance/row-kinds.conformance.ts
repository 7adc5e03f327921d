import fc from 'fast-check';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import type { RowQuery, RowReader } from '../../src/core/ports/row-reader.port';
import type { RowSink } from '../../src/core/ports/row-sink.port';
import type { Row } from '../../src/core/row/row';
import { compareRows, NewestRows, rowIdentity } from '../../src/core/row/row-identity';
import { compiledWith, EPOCH_MS, recordOf } from '../support/pipelines';
import { TaskHarness } from '../support/task-harness';

/** A table for the pipeline, made as `millrace ddl` says, and the two ends of it. */
export interface KindTables {
  tableFor(pipeline: CompiledPipeline): Promise<{ readonly sink: RowSink; readonly reader: RowReader }>;
  /** Whether rows that are read back show a zone that neither the definition nor the key tells. */
  readonly keepsZones: boolean;
  close(): Promise<void>;
}

const START = { start: 'window.start' };
const BOUNDS = { ...START, until: 'window.end' };
const ZONED = { key: ['key', 'tz'], derive: { tz: 'x == null || x < 0 ? "Asia/Kolkata" : "America/New_York"' } };

/** What is said of the window, and which columns are enough to read its rows back. */
const KINDS: readonly (readonly [spec: Record<string, unknown>, columns: Record<string, string>])[] = [
  [{ window: { kind: 'tumbling', size: '10s' } }, START],
  [{ window: { kind: 'tumbling', size: '10s', offset: '3s' } }, { until: 'window.end' }],
  [{ window: { kind: 'calendar', unit: 'hour', zone: 'Asia/Kolkata' } }, { ...START, year: 'window.year' }],
  [
    { window: { kind: 'calendar', unit: 'day', zoneField: 'tz' }, ...ZONED },
    { date: 'window.date', tz: 'key.tz' },
  ],
  [{ window: { kind: 'calendar', unit: 'hour', zoneField: 'tz' }, derive: { tz: '"Asia/Kolkata"' } }, BOUNDS],
  [{ window: { kind: 'hopping', size: '10s', advance: '3s' } }, START],
  [{ window: { kind: 'cumulative', size: '12s', step: '3s' } }, BOUNDS],
  [{ window: { kind: 'cumulative', size: '12s', step: '3s' } }, { until: 'window.end' }],
  [{ window: { kind: 'session', gap: '3s' } }, { ...BOUNDS, year: 'window.year' }],
  [{ window: { kind: 'session', gap: '3s' }, late: { amend: '9s' } }, BOUNDS],
  [{ window: { kind: 'sliding', size: '5s' } }, START],
  [{ window: { kind: 'count', size: 3 } }, { ...BOUNDS, at: 'window.index' }],
  [{ window: { kind: 'global' } }, {}],
];
const VALUES = { key: 'key.key', n: 'n', total: 'total', mean: 'mean', least: 'least', most: 'most' };
const RANGE = { fromMs: EPOCH_MS - 100_000_000, toMs: EPOCH_MS + 100_000_000 };

/** Rows of random records, as their task made them: updates, deletions, corrections. */
async function rowsOf(pipeline: CompiledPipeline, seed: number): Promise<readonly Row[]> {
  const reading = fc.record({ key: fc.constantFrom('a', 'b'), step: fc.integer({ min: -6, max: 6 }), x: fc.integer() });
  const [draws = []] = fc.sample(fc.array(reading, { minLength: 80, maxLength: 80 }), { seed, numRuns: 1 });
  const harness = await TaskHarness.start(pipeline, { nameOf: rowIdentity, keyedByMessage: false });
  let now = 100;
  for (const [i, { key, step, x }] of draws.entries()) {
    now = Math.max(now, now + step);
    await harness.process([recordOf(i, { key, x: x % 100, at: now + Math.min(step, 0) })]);
    await harness.checkpoint();
  }
  return harness.emitted;
}

/** What every table guarantees of rows of every kind of window, whatever order they are written in. */
export function describeRowKinds(name: string, open: () => Promise<KindTables>): void {
  describe(`rows of every kind of window: ${name}`, () => {
    let tables: KindTables;
    beforeAll(async () => (tables = await open()));
    afterAll(() => tables?.close());

    it.each(KINDS)('%j with %j', async (spec, columns) => {
      const sinks = [{ cassandra: { table: 'ks.t', columns: { ...VALUES, ...columns } } }];
      const pipeline = compiledWith({ ...spec, sinks }, 'kinds');
      const { sink, reader } = await tables.tableFor(pipeline);
      const emitted = await rowsOf(pipeline, 7);
      const newest = new NewestRows();
      emitted.forEach((row) => newest.offer(row));
      const expected = newest.sorted().map((row) => shown(row, tables.keepsZones));

      const [order = []] = fc.sample(fc.shuffledSubarray([...emitted], { minLength: emitted.length }), {
        seed: 11,
        numRuns: 1,
      });
      for (let i = 0; i < order.length; i += 60) await sink.write(order.slice(i, i + 60), AbortSignal.timeout(20_000));
      await sink.write(emitted.slice(0, 40), AbortSignal.timeout(20_000));

      const all = await everyRow(reader, { limit: 7 });
      expect(all.map((row) => shown(row, tables.keepsZones)).sort(compareRows)).toEqual(expected);
      for (const key of distinctKeys(expected)) {
        const found = await everyRow(reader, { key: key.key, ...RANGE, limit: 3 });
        const ofKey = expected.filter(({ keyText }) => keyText === key.keyText);
        expect(found.map((row) => shown(row, tables.keepsZones))).toEqual(ofKey);
      }
    });
  });
}

function distinctKeys(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [row.keyText, row])).values()];
}

async function everyRow(reader: RowReader, query: RowQuery): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await reader.read({ ...query, ...(cursor !== undefined && { cursor }) });
    expect(page.note).toBeUndefined();
    rows.push(...page.rows);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return rows;
}

function shown({ pipeline, key, keyText, window, values, revision }: Row, withZone: boolean): Row {
  const bounds = window && { ...window, ...(!withZone && { zone: '' }) };
  return { pipeline, key, keyText, window: bounds, values, revision, final: revision % 2n === 1n };
}
