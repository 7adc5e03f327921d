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
  const problems = tableProblems(schema, sink).map(({ message }) => message);
  if (problems.length > 0) throw new FatalError(`table ${tableText(schema)}: ${problems.join('; ')}`);
}

/** Why a sink cannot write to its table. */
export interface TableProblem {
  /** The mapped column that is wrong; `undefined` for one that is not mapped. */
  readonly column: string | undefined;
  readonly message: string;
}

/** Everything that keeps the sink's rows from being written to a table. */
export function tableProblems(schema: TableSchema, sink: CassandraSinkPlan): readonly TableProblem[] {
  return [
    ...Object.keys(sink.columns).flatMap((column) =>
      mappedColumnProblems(schema, column).map((message) => ({ column, message })),
    ),
    ...(sink.clockColumns ?? []).flatMap((column) =>
      clockColumnProblems(schema, column).map((message) => ({ column, message })),
    ),
    ...keyColumnProblems(schema, sink),
    ...movingColumnProblems(schema, sink),
  ];
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
  const type = columnType(column.type, schema.userTypes);
  return 'refused' in type ? [`column '${name}': ${type.refused}`] : [];
}

function clockColumnProblems(schema: TableSchema, name: string): readonly string[] {
  const column = schema.columns.get(name);
  if (!column || column.kind === 'static') return mappedColumnProblems(schema, name);
  if (column.kind !== 'regular') return [`now() cannot be part of the primary key, as column '${name}' is`];
  return column.type === 'timestamp' ? [] : [`column '${name}': now() needs type timestamp, it is ${column.type}`];
}

function keyColumnProblems(schema: TableSchema, sink: CassandraSinkPlan): readonly TableProblem[] {
  return [...schema.partitionKey, ...schema.clusteringKey].flatMap(({ name }): TableProblem[] => {
    const expression = Object.hasOwn(sink.columns, name) ? sink.columns[name] : undefined;
    if (!expression) {
      const message = `primary key column '${name}' has no value: add it to the sink's columns, from key.* or window.*`;
      return [{ column: undefined, message }];
    }
    if (expression.identifiesRow || sink.moving?.includes(name) === true) return [];
    const message =
      `primary key column '${name}' is mapped to '${expression.text}', which may change from one version of a row to ` +
      'the next: use only key.* and window.*, list it under "moving", or take it out of the primary key';
    return [{ column: name, message }];
  });
}

/** A row moves within its partition, where leaving one place and taking another is one write. */
function movingColumnProblems(
  { clusteringKey }: TableSchema,
  { moving = [] }: CassandraSinkPlan,
): readonly TableProblem[] {
  const clustering = clusteringKey.map(({ name }) => name);
  return moving
    .filter((name) => !clustering.includes(name))
    .map((column) => ({
      column,
      message: `moving column '${column}' is not in the clustering key (${clustering.join(', ')}): take it out of "moving"`,
    }));
}
