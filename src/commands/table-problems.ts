import { join } from 'node:path';
import type { CassandraClient } from '../adapters/cassandra/cassandra-client';
import { createdTables } from '../adapters/cassandra/created-tables';
import { readMigrationFiles } from '../adapters/cassandra/migration';
import { cqlStatements } from '../adapters/cassandra/cql-statements';
import { tableProblems } from '../adapters/cassandra/table-check';
import { readTable, type TableSchema } from '../adapters/cassandra/table-schema';
import { FatalError } from '../core/errors';
import type { LocatedDefinition } from '../core/pipeline/located-definition';
import { compileSink } from '../core/pipeline/compile-sink';
import type { CompiledSink } from '../core/pipeline/compiled-pipeline';
import { STANDARD_LANGUAGE } from '../core/pipeline/language';
import type { Problem } from '../core/pipeline/problem';

/** The numbered migrations that are shipped with the service; `ddl --apply` runs them. */
const MIGRATIONS = join(__dirname, '..', '..', 'cql');

type CassandraSink = Extract<CompiledSink, { kind: 'cassandra' }>;

/** How a table is found; an error text when there is none, `undefined` when nothing is known about it. */
export type FindTable = (sink: CassandraSink) => Promise<TableSchema | { readonly missing: string } | undefined>;

/** Knows the tables that the migrations make. */
export async function migratedTables(): Promise<FindTable> {
  const tables = await migratedSchemas();
  return ({ keyspace, table }) => Promise.resolve(tables.get(`${keyspace}.${table}`));
}

/** The tables that the migrations make, by `keyspace.table`. */
export async function migratedSchemas(): Promise<ReadonlyMap<string, TableSchema>> {
  const files = await readMigrationFiles(MIGRATIONS);
  const inOrder = [...files].sort((left, right) => (left.fileName < right.fileName ? -1 : 1));
  return createdTables(inOrder.flatMap(({ text }) => cqlStatements(text)));
}

/** Asks the server. Throws TransientError when it does not answer. */
export function tablesOf(client: CassandraClient): FindTable {
  return async (sink) => {
    try {
      return await readTable(client, sink);
    } catch (thrown) {
      if (thrown instanceof FatalError) return { missing: thrown.message };
      throw thrown;
    }
  };
}

/** What keeps a pipeline's rows from being written to its tables, each at the column that it is about. */
export async function checkTables({ definition, locate }: LocatedDefinition, find: FindTable): Promise<Problem[]> {
  const problems: Problem[] = [];
  const options = { language: STANDARD_LANGUAGE, isStateless: definition.spec.window === undefined };
  for (const [i, given] of definition.spec.sinks.entries()) {
    const sink = compileSink(given, options);
    if (sink.kind !== 'cassandra') continue;
    const path = ['spec', 'sinks', i, 'cassandra'];
    const found = await find(sink);
    if (found === undefined) continue;
    if ('missing' in found) {
      problems.push(locate({ path: [...path, 'table'], message: found.missing }));
      continue;
    }
    for (const { column, message } of tableProblems(found, sink)) {
      const at = column === undefined ? [...path, 'columns'] : [...path, 'columns', column];
      problems.push(locate({ path: at, message: `table ${sink.keyspace}.${sink.table}: ${message}`, at: 'name' }));
    }
  }
  return problems;
}
