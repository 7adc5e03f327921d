import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CassandraRowSink } from '../../src/adapters/cassandra/cassandra-row-sink';
import { readMigrationFiles } from '../../src/adapters/cassandra/migration';
import { migrate } from '../../src/adapters/cassandra/migrations';
import { compilePipeline } from '../../src/core/pipeline/compile';
import type { CompiledPipeline, CompiledSink } from '../../src/core/pipeline/compiled-pipeline';
import { parsePipelines } from '../../src/core/pipeline/parse';
import type { Row } from '../../src/core/row/row';
import { testClient } from '../conformance/row-sink-cassandra';
import { uniqueName } from '../support/servers';

jest.setTimeout(240_000);

const ROOT = join(__dirname, '..', '..');
const MIB = 2 ** 20;
/** Cassandra's histogram of partition sizes has buckets 20 % apart and tells the upper end of one. */
const BUCKET = 1.2;

interface Case {
  readonly pipeline: string;
  readonly table: string;
  /** As `docs/tables.md` says. */
  readonly rows: number;
  readonly row: (i: number, mark: string) => Pick<Row, 'key' | 'values' | 'window'> & { readonly eventTimeMs?: number };
}

const wordCounts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ value: `word-number-${i}`, count: 1_000 + i, sum: 1_000 + i }));

/** One partition of each table as full as it may get, with rows of the size that events of the platform make. */
const CASES: readonly Case[] = [
  {
    pipeline: 'reading-log',
    table: 'reading_log_by_student',
    rows: 20_000,
    row: (i, mark) => ({
      ...{ key: {}, window: undefined, eventTimeMs: Date.UTC(2026, 0, 1) + i * 100_000 },
      values: {
        ...{
          student_id: mark,
          month: '2026-01',
          at_ms: Date.UTC(2026, 0, 1) + i * 100_000,
          session_id: `session-${i >> 4}`,
        },
        ...{ page: i % 300, chapter_id: `chapter-${i % 40}`, words_read: 180, duration: 61.25, score: 80.5 },
        ...{ mistakes: { island: 2, queue: 1 }, device: { type: 'tablet', os: 'Android' } },
      },
    }),
  },
  {
    pipeline: 'reading-chapters',
    table: 'chapter_performance',
    rows: 2_000,
    row: (i, mark) => ({
      ...{ key: { student_id: mark, chapter_id: `book-${i >> 5}-chapter-${i}` }, window: undefined },
      values: {
        score: i / 20,
        duration: 600.5,
        pages: 30,
        last_read: 1_767_607_200_000,
        best_score: 99.5,
        words: 6_000,
        mistakes: 12,
      },
    }),
  },
  {
    pipeline: 'reading-chapters',
    table: 'chapter_performance_by_score',
    rows: 20_000,
    // Ids that share a bucket would have to be looked for: more students make as many in each.
    row: (i, mark) => ({
      ...{ key: { student_id: `student-${i}`, chapter_id: mark }, window: undefined },
      values: { score: (i % 200) / 2, duration: 600.5, pages: 30, last_read: 1, best_score: 1, words: 1, mistakes: 1 },
    }),
  },
  {
    pipeline: 'reading-sessions',
    table: 'student_sessions',
    rows: 1_500,
    row: (i, mark) => ({
      key: { student_id: mark },
      window: {
        startMs: Date.UTC(2026, 0, 1) + i * 1_785_000,
        endMs: Date.UTC(2026, 0, 1) + i * 1_785_000 + 60_000,
        zone: 'UTC',
      },
      values: {
        words: 3_000,
        mistakes: 40,
        pages: 20,
        seconds: 1_700.5,
        chapters: wordCounts(20),
        devices: wordCounts(5),
      },
    }),
  },
  {
    pipeline: 'reading-mistakes',
    table: 'mistakes_by_word',
    rows: 120,
    row: (i, mark) => ({
      key: { chapter_id: mark },
      window: { startMs: Date.UTC(2020, i, 1), endMs: Date.UTC(2020, i + 1, 1), zone: 'UTC' },
      values: { words: wordCounts(10), mistakes: 10_000 },
    }),
  },
];

/** The greatest size that `docs/tables.md` gives for a partition of a table, bytes. */
function documentedBytes(table: string): number {
  const page = readFileSync(join(ROOT, 'docs', 'tables.md'), 'utf8');
  const line = page.split('\n').find((text) => text.includes(`\`reading.${table}\``)) ?? '';
  const [, size, unit] = /\*\*([\d.]+) (KiB|MiB)\*\*/.exec(line) ?? [];
  if (size === undefined) throw new Error(`docs/tables.md gives no size such as **2.5 MiB** for reading.${table}`);
  return Number(size) * (unit === 'MiB' ? MIB : 1024);
}

function shipped(name: string): CompiledPipeline {
  const file = `${name}.yaml`;
  const { definitions } = parsePipelines(readFileSync(join(ROOT, 'pipelines', file), 'utf8'), file);
  return compilePipeline(definitions[0]!);
}

function statsOf(text: string): { readonly partitionBytes: number } {
  return { partitionBytes: Number(/Compacted partition maximum bytes: (\d+)/.exec(text)?.[1] ?? NaN) };
}

describe('the sizes of partitions that docs/tables.md gives', () => {
  const client = testClient();
  const never = new AbortController().signal;

  beforeAll(async () => {
    await client.connect();
    await migrate(client, await readMigrationFiles(join(ROOT, 'cql')));
  });
  afterAll(() => client.close());

  it.each(CASES)(
    'hold for a full partition of $table, in its SSTables',
    async ({ pipeline: name, table, rows, row }) => {
      const { nodetool } = await import('../../stack/index.mjs');
      const pipeline = shipped(name);
      const plan = pipeline.sinks.find((sink) => sink.kind === 'cassandra' && sink.table === table);
      const sink = new CassandraRowSink(client, plan as Extract<CompiledSink, { kind: 'cassandra' }>);
      const mark = uniqueName('full');
      // As many as fill one of sixteen buckets.
      const factor = table === 'chapter_performance_by_score' ? 16 : 1;
      const all = Array.from({ length: rows * factor }, (_, i): Row => {
        const one = row(i, mark);
        return {
          pipeline: name,
          keyText: JSON.stringify(Object.values(one.key)),
          revision: BigInt(1_000 + 2 * i),
          final: false,
          ...one,
        };
      });
      for (let from = 0; from < all.length; from += 5_000) await sink.write(all.slice(from, from + 5_000), never);
      await nodetool('test', ['flush', 'reading', table]);
      const { partitionBytes } = statsOf(await nodetool('test', ['tablestats', `reading.${table}`]));
      const documented = documentedBytes(table);
      process.stderr.write(`reading.${table}: ${rows} rows in one partition take ${partitionBytes} bytes\n`);
      expect(partitionBytes).toBeLessThanOrEqual(documented * BUCKET);
      expect(partitionBytes).toBeGreaterThan(documented / 2);
      expect(documented).toBeLessThan(100 * MIB);
    },
  );
});
