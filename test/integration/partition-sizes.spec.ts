import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CassandraRowSink } from '../../src/adapters/cassandra/cassandra-row-sink';
import { readMigrationFiles } from '../../src/adapters/cassandra/migration';
import { migrate } from '../../src/adapters/cassandra/migrations';
import { compilePipeline } from '../../src/core/pipeline/compile';
import type { CompiledPipeline, CompiledSink } from '../../src/core/pipeline/compiled-pipeline';
import { bucketOf } from '../../src/core/pipeline/table-functions';
import { parsePipelines } from '../../src/core/pipeline/parse';
import type { Row } from '../../src/core/row/row';
import { SCORE_BUCKETS } from '../../src/reading/chapters.repository';
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

const sharing: string[] = [];
let candidates = 0;

/** The `i`th of the students that share the first bucket of a chapter. */
function inOneBucket(i: number): string {
  while (sharing.length <= i) {
    const student = `student-${candidates++}`;
    if (bucketOf(student, SCORE_BUCKETS) === 0) sharing.push(student);
  }
  return sharing[i]!;
}

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
    row: (i, mark) => ({
      ...{ key: { student_id: inOneBucket(i), chapter_id: mark }, window: undefined },
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

/** Bytes of the largest partition of each table, from what `nodetool tablestats` prints. */
function largestPartitions(stats: string): ReadonlyMap<string, number> {
  const tables = stats.split(/^\t*Table: /m).slice(1);
  return new Map(
    tables.map((text) => {
      const bytes = Number(/Compacted partition maximum bytes: (\d+)/.exec(text)?.[1] ?? NaN);
      return [text.slice(0, text.indexOf('\n')).trim(), bytes];
    }),
  );
}

describe('the sizes of partitions that docs/tables.md gives', () => {
  const client = testClient();
  const never = new AbortController().signal;
  const mark = uniqueName('full');
  let sizes: ReadonlyMap<string, number>;

  const fill = async ({ pipeline: name, table, rows, row }: Case): Promise<void> => {
    const plan = shipped(name).sinks.find((sink) => sink.kind === 'cassandra' && sink.table === table);
    const sink = new CassandraRowSink(client, plan as Extract<CompiledSink, { kind: 'cassandra' }>);
    const all = Array.from({ length: rows }, (_, i): Row => {
      const one = row(i, mark);
      const keyText = JSON.stringify(Object.values(one.key));
      return { pipeline: name, keyText, revision: BigInt(1_000 + 2 * i), final: false, ...one };
    });
    for (let from = 0; from < all.length; from += 5_000) await sink.write(all.slice(from, from + 5_000), never);
  };

  beforeAll(async () => {
    await client.connect();
    await migrate(client, await readMigrationFiles(join(ROOT, 'cql')));
    for (const one of CASES) await fill(one);
    const { nodetool } = await import('../../stack/index.mjs');
    await nodetool('test', ['flush', 'reading']);
    sizes = largestPartitions(await nodetool('test', ['tablestats', 'reading']));
  });
  afterAll(() => client.close());

  it.each(CASES)('hold for a full partition of $table, in its SSTables', ({ table, rows }) => {
    const bytes = sizes.get(table);
    const documented = documentedBytes(table);
    process.stderr.write(`reading.${table}: ${rows} rows in one partition take ${bytes} bytes\n`);
    expect(bytes).toBeLessThanOrEqual(documented * BUCKET);
    expect(bytes).toBeGreaterThan(documented / 2);
    expect(documented).toBeLessThan(100 * MIB);
  });
});
