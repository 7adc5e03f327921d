import { FatalError } from '../../core/errors';
import type { CassandraClient } from './cassandra-client';

export interface TableColumn {
  readonly name: string;
  readonly kind: 'partition_key' | 'clustering' | 'regular' | 'static';
  /** As `system_schema` spells it, e.g. `frozen<list<text>>`. */
  readonly type: string;
}

/** A table as the server has it; columns by name, key columns also in the order of the key. */
export interface TableSchema {
  readonly keyspace: string;
  readonly table: string;
  readonly columns: ReadonlyMap<string, TableColumn>;
  readonly partitionKey: readonly TableColumn[];
  readonly clusteringKey: readonly TableColumn[];
  /** The keyspace's own types that may occur in columns, by name. */
  readonly userTypes: UserTypes;
}

/** Fields of user-defined types in their order, with types as `system_schema` spells them. */
export type UserTypes = ReadonlyMap<string, readonly (readonly [field: string, type: string])[]>;

export const NO_USER_TYPES: UserTypes = new Map();

/** A table's place, as in the definition of a sink. */
export interface TableName {
  readonly keyspace: string;
  readonly table: string;
}

/** `keyspace.table`, for messages. */
export function tableText({ keyspace, table }: TableName): string {
  return `${keyspace}.${table}`;
}

/** A name in a statement, exactly as it is written here. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The table in a statement. */
export function quotedTable({ keyspace, table }: TableName): string {
  return `${quoted(keyspace)}.${quoted(table)}`;
}

const COLUMNS =
  'SELECT column_name, kind, position, type FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?';

const TYPES = 'SELECT type_name, field_names, field_types FROM system_schema.types WHERE keyspace_name = ?';

async function readUserTypes(client: CassandraClient, { keyspace }: TableName): Promise<UserTypes> {
  const doing = `reading the types of ${keyspace}`;
  const { rows } = await client.execute({ query: TYPES, params: [keyspace] }, doing, { isIdempotent: true });
  const fieldsOf = (names: readonly string[], types: readonly string[]) =>
    names.map((name, i) => [name, types[i] ?? ''] as const);
  return new Map(
    rows.map((row) => [
      String(row['type_name']),
      fieldsOf(row['field_names'] as readonly string[], row['field_types'] as readonly string[]),
    ]),
  );
}

/** Reads the table's columns from the server, not from a cache. Throws FatalError when there is no such table. */
export async function readTable(client: CassandraClient, name: TableName): Promise<TableSchema> {
  const params = [name.keyspace, name.table];
  const found = await client.execute({ query: COLUMNS, params }, `reading the columns of ${tableText(name)}`, {
    isIdempotent: true,
  });
  if (found.rows.length === 0) {
    throw new FatalError(
      `Cassandra has no table ${tableText(name)}: create it with the CQL that \`millrace ddl\` prints for the ` +
        'pipeline, or correct the name (names are case-sensitive)',
    );
  }
  const inOrder = [...found.rows].sort((a, b) => Number(a['position']) - Number(b['position']));
  const columns = inOrder.map((row): TableColumn => ({
    name: String(row['column_name']),
    kind: row['kind'] as TableColumn['kind'],
    type: String(row['type']),
  }));
  return {
    ...name,
    columns: new Map(columns.map((column) => [column.name, column])),
    partitionKey: columns.filter(({ kind }) => kind === 'partition_key'),
    clusteringKey: columns.filter(({ kind }) => kind === 'clustering'),
    userTypes: columns.some(({ type }) => type.includes('<')) ? await readUserTypes(client, name) : NO_USER_TYPES,
  };
}
