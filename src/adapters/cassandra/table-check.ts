import { FatalError } from '../../core/errors';
import type { CompiledSink } from '../../core/pipeline/compiled-pipeline';
import type { CassandraClient } from './cassandra-client';
import { columnType } from './column-type';
import { readTable, type TableSchema, tableText } from './table-schema';

export type CassandraSinkPlan = Extract<CompiledSink, { kind: 'cassandra' }>;

/**
 * Whether the sink's rows can be written to its table; for use at start, before the first row.
 * Throws FatalError naming table, column and remedy, TransientError when the server does not answer.
 */
export async function checkTable(client: CassandraClient, sink: CassandraSinkPlan): Promise<void> {
  assertFits(await readTable(client, sink), sink);
}

/** Throws FatalError with everything that is wrong at once. */
export function assertFits(schema: TableSchema, sink: CassandraSinkPlan): void {
  const problems = [
    ...Object.keys(sink.columns).flatMap((name) => mappedColumnProblems(schema, name)),
    ...keyColumnProblems(schema, sink),
  ];
  if (problems.length > 0) throw new FatalError(`table ${tableText(schema)}: ${problems.join('; ')}`);
}

function mappedColumnProblems(schema: TableSchema, name: string): readonly string[] {
  const column = schema.columns.get(name);
  if (!column) {
    const add = `ALTER TABLE ${tableText(schema)} ADD ${name} <type>`;
    return [`there is no column '${name}' (it has ${[...schema.columns.keys()].join(', ')}): ${add}, or map another`];
  }
  if (column.kind === 'static') {
    return [`column '${name}' is static, so rows with different windows would share it: do not map it`];
  }
  const type = columnType(column.type);
  return 'refused' in type ? [`column '${name}': ${type.refused}`] : [];
}

function keyColumnProblems(schema: TableSchema, sink: CassandraSinkPlan): readonly string[] {
  return [...schema.partitionKey, ...schema.clusteringKey].flatMap(({ name }) => {
    const expression = Object.hasOwn(sink.columns, name) ? sink.columns[name] : undefined;
    if (!expression) {
      return [`primary key column '${name}' has no value: add it to the sink's columns, from key.* or window.*`];
    }
    if (expression.identifiesRow) return [];
    return [
      `primary key column '${name}' is mapped to '${expression.text}', which may change from one version of a row to ` +
        'the next: use only key.* and window.*, or take it out of the primary key',
    ];
  });
}
