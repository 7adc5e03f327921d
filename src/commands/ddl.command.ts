import { join } from 'node:path';
import { CassandraClient } from '../adapters/cassandra/cassandra-client';
import { readMigrationFiles, replicationText } from '../adapters/cassandra/migration';
import { migrate } from '../adapters/cassandra/migrations';
import { checkTable } from '../adapters/cassandra/table-check';
import type { MillraceConfig } from '../config/config';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { CommandIo } from './command-io';
import { EXIT } from './exit-codes';
import { readPipelines } from './pipeline-file';
import { createStatements, tableRemarks } from './table-cql';

const MIGRATIONS = join(__dirname, '..', '..', 'cql');
const DDL_TIMEOUT_MS = 20_000;

/**
 * Prints the CQL that the tables of a file's pipelines need. With `apply`, brings Cassandra up to date: first the numbered
 * migrations, then whatever tables they do not make; then checks that the pipelines can write to them.
 */
export async function ddl(
  file: string,
  { apply }: { apply: boolean },
  config: MillraceConfig,
  io: CommandIo,
): Promise<number> {
  const pipelines = await readPipelines(file, io);
  const replication = replicationText(config.cassandra.replication);
  const statements = [...new Set(pipelines.flatMap((pipeline) => createStatements(pipeline, replication)))];
  for (const remark of pipelines.flatMap(tableRemarks)) io.err(`note: ${remark}`);
  if (apply) await applyTo(config, { pipelines, statements, io });
  else for (const statement of statements) io.out(`${statement}\n`);
  if (statements.length === 0) io.err(`${file}: no pipeline writes to Cassandra`);
  return EXIT.done;
}

interface Work {
  readonly pipelines: readonly CompiledPipeline[];
  readonly statements: readonly string[];
  readonly io: CommandIo;
}

async function applyTo(config: MillraceConfig, { pipelines, statements, io }: Work): Promise<void> {
  const client = new CassandraClient(config.cassandra);
  try {
    await client.connect();
    const { replication } = config.cassandra;
    const applied = await migrate(client, await readMigrationFiles(MIGRATIONS), { replication });
    for (const fileName of applied) io.out(`applied ${fileName}`);
    for (const query of statements) {
      await client.execute({ query: query.replace(/;$/, ''), params: [] }, 'creating tables', {
        readTimeout: DDL_TIMEOUT_MS,
      });
    }
    for (const sink of pipelines.flatMap(({ sinks }) => sinks)) {
      if (sink.kind !== 'cassandra') continue;
      await checkTable(client, sink);
      io.out(`${sink.keyspace}.${sink.table}: ready`);
    }
  } finally {
    await client.close();
  }
}
