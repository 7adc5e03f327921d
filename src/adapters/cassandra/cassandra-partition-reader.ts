import { FatalError } from '../../core/errors';
import type { JsonPrimitive, JsonValue } from '../../core/json';
import type { PartitionQuery, PartitionReader, TableRow } from '../../core/ports/partition-reader.port';
import type { CassandraClient, Statement } from './cassandra-client';
import type { ColumnCodec } from './column-codec';
import { columnType } from './column-type';
import type { TableConsistency } from './table-consistency';
import { quoted, quotedTable, readTable, type TableSchema } from './table-schema';

/** Prepared statements, one for each shape of query; each at the consistency that its table asks for. */
export class CassandraPartitionReader implements PartitionReader {
  private readonly schemas = new Map<string, Promise<TableSchema>>();

  constructor(
    private readonly client: CassandraClient,
    private readonly consistency: TableConsistency,
  ) {}

  async read(query: PartitionQuery): Promise<readonly TableRow[]> {
    const schema = await this.schemaOf(query.table);
    const options = { isIdempotent: true, fetchSize: query.limit, ...this.consistency.ofReads(query.table) };
    const { rows } = await this.client.execute(statementOf(schema, query), `reading ${query.table}`, options);
    return rows.map((row) =>
      Object.fromEntries([...schema.columns.keys()].map((name) => [name, decoded(schema, name, row[name])])),
    );
  }

  private async schemaOf(table: string): Promise<TableSchema> {
    const [keyspace = '', name = ''] = table.split('.');
    const known = this.schemas.get(table) ?? readTable(this.client, { keyspace, table: name });
    this.schemas.set(table, known);
    try {
      return await known;
    } catch (thrown) {
      this.schemas.delete(table);
      throw thrown;
    }
  }
}

function statementOf(schema: TableSchema, query: PartitionQuery): Statement {
  assertKeys(schema, query);
  const { clustering, descending, from, to, after, limit } = query;
  const conditions: string[] = [];
  const params: unknown[] = [];
  const add = (names: readonly string[], operator: string, values: readonly JsonPrimitive[]): void => {
    conditions.push(`(${names.map(quoted).join(', ')}) ${operator} (${names.map(() => '?').join(', ')})`);
    params.push(...names.map((name, i) => encoded(schema, name, values[i] ?? null)));
  };
  for (const { name } of schema.partitionKey) {
    conditions.push(`${quoted(name)} = ?`);
    params.push(encoded(schema, name, query.partition[name] ?? null));
  }
  // A row after `after` is within the bound on its side, and CQL takes one bound for each.
  if (after) add(clustering, descending ? '<' : '>', after);
  if (from !== undefined && (!after || descending)) add(clustering.slice(0, 1), '>=', [from]);
  if (to !== undefined && (!after || !descending)) add(clustering.slice(0, 1), '<', [to]);
  const [first = ''] = clustering;
  const text =
    `SELECT ${[...schema.columns.keys()].map(quoted).join(', ')} FROM ${quotedTable(schema)} ` +
    `WHERE ${conditions.join(' AND ')} ORDER BY ${quoted(first)} ${descending ? 'DESC' : 'ASC'} LIMIT ?`;
  return { query: text, params: [...params, limit] };
}

function assertKeys({ keyspace, table, partitionKey, clusteringKey }: TableSchema, query: PartitionQuery): void {
  const names = (columns: TableSchema['partitionKey']): string => columns.map(({ name }) => name).join(', ');
  const asked = `(${Object.keys(query.partition).join(', ')}), ${query.clustering.join(', ')}`;
  const actual = `(${names(partitionKey)}), ${names(clusteringKey)}`;
  if (asked === actual) return;
  throw new FatalError(`table ${keyspace}.${table} has the primary key ${actual}, not ${asked}: run its migrations`);
}

function codecOf({ columns, userTypes }: TableSchema, name: string): ColumnCodec {
  const answer = columnType(columns.get(name)?.type ?? '', userTypes);
  if ('codec' in answer) return answer.codec;
  throw new FatalError(`column ${name}: ${answer.refused}`);
}

function encoded(schema: TableSchema, name: string, value: JsonPrimitive): unknown {
  return value === null ? null : codecOf(schema, name).encode(value);
}

function decoded(schema: TableSchema, name: string, stored: unknown): JsonValue {
  return stored === null || stored === undefined ? null : codecOf(schema, name).decode(stored);
}
