import type { JsonValue } from '../../core/json';
import type { CompiledSink } from '../../core/pipeline/compiled-pipeline';
import type { PartitionQuery, PartitionReader, TableRow } from '../../core/ports/partition-reader.port';
import { cellText, sliceOfPartition } from '../../core/row/partition-rows';
import type { Row } from '../../core/row/row';
import { isNewer, rowIdentity } from '../../core/row/row-identity';

type TableSink = Extract<CompiledSink, { kind: 'cassandra' }>;

/** One version of a row. */
interface Version {
  /** What a column holds: asked of a deleted row only for columns of its key, as others may need what it no longer has. */
  readonly cell: (name: string) => JsonValue;
  readonly names: readonly string[];
  readonly revision: bigint;
  readonly values: Row['values'];
}

/**
 * The twin of tables as repositories read them: of each row and place the newest version. Which columns are the key is
 * told by the query, so versions of one primary key are settled when they are read.
 */
export class MemoryColumns implements PartitionReader {
  private readonly tables = new Map<string, Map<string, Version>>();

  write(sink: TableSink, rows: readonly Row[]): void {
    const name = `${sink.keyspace}.${sink.table}`;
    const table = this.tables.get(name) ?? new Map<string, Version>();
    this.tables.set(name, table);
    for (const row of rows) {
      const cell = cellsOf(sink, row);
      const place = (sink.moving ?? []).map(cell);
      if (row.values && sink.moving && place.includes(null)) continue;
      const identity = JSON.stringify([rowIdentity(row), place]);
      const version = { cell, names: Object.keys(sink.columns), revision: row.revision, values: row.values };
      const known = table.get(identity);
      if (!known || isNewer(version, known)) table.set(identity, version);
    }
  }

  read(query: PartitionQuery): Promise<readonly TableRow[]> {
    const wanted = [...(this.tables.get(query.table)?.values() ?? [])].filter(({ cell }) =>
      Object.entries(query.partition).every(([name, value]) => cellText(cell(name)) === cellText(value)),
    );
    return Promise.resolve(sliceOfPartition(newestByKey(wanted, query.clustering), query));
  }
}

function cellsOf({ columns }: TableSink, row: Row): Version['cell'] {
  const standing = row.left ? { ...row, values: row.left } : row;
  return (name) => columns[name]?.evaluate(standing) ?? null;
}

function newestByKey(versions: readonly Version[], clustering: readonly string[]): TableRow[] {
  const newest = new Map<string, Version>();
  for (const version of versions) {
    const key = JSON.stringify(clustering.map((name) => version.cell(name)));
    const known = newest.get(key);
    if (!known || isNewer(version, known)) newest.set(key, version);
  }
  return [...newest.values()]
    .filter(({ values }) => values !== undefined)
    .map(({ cell, names }) => Object.fromEntries(names.map((name) => [name, cell(name)])));
}
