import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CassandraRowSink } from '../../src/adapters/cassandra/cassandra-row-sink';
import { readMigrationFiles } from '../../src/adapters/cassandra/migration';
import { migrate } from '../../src/adapters/cassandra/migrations';
import { compilePipeline } from '../../src/core/pipeline/compile';
import type { CompiledPipeline, CompiledSink } from '../../src/core/pipeline/compiled-pipeline';
import { STANDARD_LANGUAGE } from '../../src/core/pipeline/language';
import { parsePipelines } from '../../src/core/pipeline/parse';
import type { Row } from '../../src/core/row/row';
import { besideFile } from '../../src/processing/read-beside';
import { testClient } from '../conformance/row-sink-cassandra';
import type { FullPartition } from '../support/partitions/full-partition';
import { READING_PARTITIONS } from '../support/partitions/reading-partitions';
import { SYSTEM_PARTITIONS } from '../support/partitions/system-partitions';
import { uniqueName } from '../support/servers';

jest.setTimeout(240_000);

const ROOT = join(__dirname, '..', '..');
const MIB = 2 ** 20;
/** Cassandra's histogram of partition sizes has buckets 20 % apart and tells the upper end of one. */
const BUCKET = 1.2;

const PARTITIONS = [...READING_PARTITIONS, ...SYSTEM_PARTITIONS];
const KEYSPACES = [...new Set(PARTITIONS.map(({ keyspace }) => keyspace))];

/** The greatest size that `docs/tables.md` gives for a partition of a table, bytes. */
function documentedBytes({ keyspace, table }: FullPartition): number {
  const page = readFileSync(join(ROOT, 'docs', 'tables.md'), 'utf8');
  const line = page.split('\n').find((text) => text.startsWith(`| \`${keyspace}.${table}\``)) ?? '';
  const [, size, unit] = /\*\*([\d.]+) (KiB|MiB)\*\*/.exec(line) ?? [];
  if (size === undefined) throw new Error(`docs/tables.md gives no size such as **2.5 MiB** for ${keyspace}.${table}`);
  return Number(size) * (unit === 'MiB' ? MIB : 1024);
}

function shipped(name: string): CompiledPipeline {
  const path = join(ROOT, 'pipelines', `${name}.yaml`);
  const { definitions } = parsePipelines(readFileSync(path, 'utf8'), path, STANDARD_LANGUAGE, besideFile(path));
  return compilePipeline(definitions[0]!);
}

/** Bytes of the largest partition of each `keyspace.table`, from what `nodetool tablestats` prints. */
function largestPartitions(stats: string): ReadonlyMap<string, number> {
  const firstLine = (text: string): string => text.slice(0, text.indexOf('\n')).trim();
  const ofKeyspaces = stats.split(/^Keyspace\s*: /m).slice(1);
  return new Map(
    ofKeyspaces.flatMap((ofKeyspace) =>
      ofKeyspace
        .split(/^\t*Table: /m)
        .slice(1)
        .map((text): [string, number] => {
          const bytes = Number(/Compacted partition maximum bytes: (\d+)/.exec(text)?.[1] ?? NaN);
          return [`${firstLine(ofKeyspace)}.${firstLine(text)}`, bytes];
        }),
    ),
  );
}

describe('the sizes of partitions that docs/tables.md gives', () => {
  const client = testClient();
  const never = new AbortController().signal;
  const mark = uniqueName('full');
  let sizes: ReadonlyMap<string, number>;

  const fill = async ({ pipeline: name, table, rows, part = 1, row }: FullPartition): Promise<void> => {
    const plan = shipped(name).sinks.find((sink) => sink.kind === 'cassandra' && sink.table === table);
    const sink = new CassandraRowSink(client, plan as Extract<CompiledSink, { kind: 'cassandra' }>);
    const all = Array.from({ length: rows / part }, (_, i): Row => {
      const one = row(i, mark);
      const keyText = JSON.stringify(Object.values(one.key));
      return { pipeline: name, keyText, revision: BigInt(1_000 + 2 * i), final: false, ...one };
    });
    for (let from = 0; from < all.length; from += 5_000) await sink.write(all.slice(from, from + 5_000), never);
  };

  beforeAll(async () => {
    await client.connect();
    await migrate(client, await readMigrationFiles(join(ROOT, 'cql')));
    for (const one of PARTITIONS) await fill(one);
    const { nodetool } = await import('../../stack/index.mjs');
    await nodetool('test', ['flush']);
    sizes = largestPartitions(await nodetool('test', ['tablestats', ...KEYSPACES]));
  });
  afterAll(() => client.close());

  it.each(PARTITIONS)('hold for a full partition of $table of $keyspace, in its SSTables', (one) => {
    const bytes = (sizes.get(`${one.keyspace}.${one.table}`) ?? NaN) * (one.part ?? 1);
    const documented = documentedBytes(one);
    process.stderr.write(`${one.keyspace}.${one.table}: ${one.rows} rows in one partition take ${bytes} bytes\n`);
    expect(bytes).toBeLessThanOrEqual(documented * BUCKET);
    expect(bytes).toBeGreaterThan(documented / 2);
    expect(documented).toBeLessThan(100 * MIB);
  });
});
