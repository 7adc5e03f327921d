import { NO_USER_TYPES, type TableColumn, type TableSchema } from './table-schema';

const CREATE_TABLE = /^CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\.(\w+)\s*\(([\s\S]*?)\)\s*(?:WITH\b[\s\S]*)?$/i;
const CREATE_TYPE = /^CREATE\s+TYPE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\.(\w+)\s*\(([\s\S]*)\)$/i;
const ADD_COLUMN = /^ALTER\s+TABLE\s+(\w+)\.(\w+)\s+ADD\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s+([\w<>, ]+)$/i;
const PRIMARY_KEY = /^PRIMARY\s+KEY\s*\(([\s\S]*)\)$/i;
const COLUMN = /^(\w+)\s+([\s\S]+?)(\s+PRIMARY\s+KEY|\s+STATIC)?$/i;

/**
 * The tables that statements create, by `keyspace.table`: what can be told of them without a server. Statements that
 * are none of `CREATE TYPE`, `CREATE TABLE` and `ALTER TABLE ... ADD`, and tables with quoted names, are passed over.
 */
export function createdTables(statements: readonly string[]): ReadonlyMap<string, TableSchema> {
  const tables = new Map<string, TableSchema>();
  const types = new Map<string, Map<string, readonly (readonly [string, string])[]>>();
  for (const statement of statements) {
    const text = statement.replace(/;$/, '').trim();
    const [, keyspace = '', table = '', body] = CREATE_TABLE.exec(text) ?? [];
    const userTypes = types.get(keyspace) ?? NO_USER_TYPES;
    if (body !== undefined) {
      // The server names types of the keyspace without it.
      const inKeyspace = body.replaceAll(`${keyspace}.`, '');
      tables.set(`${keyspace}.${table}`, { ...tableOf(keyspace, table, inKeyspace), userTypes });
    }
    const [, ofKeyspace = '', name = '', fields] = CREATE_TYPE.exec(text) ?? [];
    if (fields !== undefined) types.set(ofKeyspace, new Map(types.get(ofKeyspace)).set(name, fieldsOf(fields)));
    const [, inKeyspace = '', inTable = '', column = '', type = ''] = ADD_COLUMN.exec(text) ?? [];
    const altered = tables.get(`${inKeyspace}.${inTable}`);
    if (altered) tables.set(`${inKeyspace}.${inTable}`, withColumn(altered, column, type));
  }
  return tables;
}

function fieldsOf(body: string): readonly (readonly [string, string])[] {
  return partsOf(body)
    .flatMap((part) => columnOf(part.trim()))
    .map(({ name, type }) => [name, type] as const);
}

function tableOf(keyspace: string, table: string, body: string): Omit<TableSchema, 'userTypes'> {
  const parts = partsOf(body).map((part) => part.trim());
  const declared = parts.map((part) => PRIMARY_KEY.exec(part)?.[1]).find((key) => key !== undefined);
  const columns = parts.flatMap((part) => columnOf(part));
  const inline = columns.filter(({ kind }) => kind === 'partition_key').map(({ name }) => name);
  const { partition, clustering } = declared === undefined ? { partition: inline, clustering: [] } : keyOf(declared);
  const withKinds = columns.map((column): TableColumn => {
    if (partition.includes(column.name)) return { ...column, kind: 'partition_key' };
    return clustering.includes(column.name) ? { ...column, kind: 'clustering' } : column;
  });
  const named = (names: readonly string[]) =>
    names.flatMap((name) => withKinds.filter((column) => column.name === name));
  return {
    keyspace,
    table,
    columns: new Map(withKinds.map((column) => [column.name, column])),
    partitionKey: named(partition),
    clusteringKey: named(clustering),
  };
}

/** Split at the commas that are in no brackets. */
function partsOf(body: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of body) {
    if ('(<'.includes(character)) depth++;
    if (')>'.includes(character)) depth--;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function columnOf(part: string): TableColumn[] {
  if (PRIMARY_KEY.test(part)) return [];
  const [, name = '', type = '', mark = ''] = COLUMN.exec(part) ?? [];
  const kind = /PRIMARY/i.test(mark) ? 'partition_key' : /STATIC/i.test(mark) ? 'static' : 'regular';
  return name === '' ? [] : [{ name, type: type.replaceAll(/\s+/g, ' '), kind }];
}

/** `(a, b), c` and `a, b`: in the second, the first column alone is the partition key. */
function keyOf(text: string): { partition: readonly string[]; clustering: readonly string[] } {
  const names = (list: string): string[] =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  const [, compound, rest = ''] = /^\s*\(([^)]*)\)([\s\S]*)$/.exec(text) ?? [];
  if (compound !== undefined) return { partition: names(compound), clustering: names(rest) };
  const [first = '', ...clustering] = names(text);
  return { partition: [first], clustering };
}

function withColumn(schema: TableSchema, name: string, type: string): TableSchema {
  const column: TableColumn = { name, type: type.trim(), kind: 'regular' };
  return { ...schema, columns: new Map([...schema.columns, [name, column]]) };
}
