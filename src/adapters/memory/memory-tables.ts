import { ConfigError } from '../../core/errors';
import type { CompiledPipeline, CompiledSink } from '../../core/pipeline/compiled-pipeline';
import type { RowPage, RowQuery, RowReader } from '../../core/ports/row-reader.port';
import type { RowSink } from '../../core/ports/row-sink.port';
import type { KeyFields, Row } from '../../core/row/row';
import { compareRows, isNewer, rowIdentity, type RowPlace } from '../../core/row/row-identity';
import { MemoryColumns } from './memory-columns';

/** Rows of one pipeline by identity; deleted rows stay, so that an older version written late still loses. */
type Table = Map<string, Row>;

/**
 * The twin of the Cassandra tables: of each row, by `rowIdentity`, it keeps the version with the greatest revision, in
 * whatever order and however often versions are written. All sinks of one pipeline share one table, which holds
 * every aggregate whatever columns are mapped. It grows with the number of rows.
 */
export class MemoryTables {
  /** What repositories read. */
  readonly columns = new MemoryColumns();
  private readonly tables = new Map<string, Table>();

  sinkFor(pipeline: CompiledPipeline, sink?: CompiledSink): RowSink {
    const table = this.tableOf(pipeline.name);
    return {
      name: sink?.kind === 'cassandra' ? `cassandra:${sink.keyspace}.${sink.table}` : `memory:${pipeline.name}`,
      takesMoves: sink?.kind === 'cassandra' && sink.moving !== undefined,
      write: (rows: readonly Row[], signal: AbortSignal): Promise<void> => {
        if (signal.aborted) return Promise.reject(signal.reason as Error);
        for (const row of rows) if (!row.left) keepNewest(table, row);
        if (sink?.kind === 'cassandra') this.columns.write(sink, rows);
        return Promise.resolve();
      },
    };
  }

  readerFor(pipeline: CompiledPipeline): RowReader {
    return new MemoryRowReader(pipeline, () => this.rows(pipeline.name));
  }

  /** The surviving rows, ordered by key, then by the window's start. Empty for a pipeline that has written none. */
  rows(pipeline: string): readonly Row[] {
    const rows = [...(this.tables.get(pipeline)?.values() ?? [])];
    return rows.filter((row) => row.values !== undefined).sort(compareRows);
  }

  private tableOf(pipeline: string): Table {
    let table = this.tables.get(pipeline);
    if (!table) this.tables.set(pipeline, (table = new Map<string, Row>()));
    return table;
  }
}

class MemoryRowReader implements RowReader {
  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly rows: () => readonly Row[],
  ) {}

  read(query: RowQuery): Promise<RowPage> {
    return new Promise((resolve) => resolve(this.page(query)));
  }

  /** Pages are positions in the order of rows: rows that appear before one while paging shift it, as in any table. */
  private page({ key, fromMs = -Infinity, toMs = Infinity, limit, cursor }: RowQuery): RowPage {
    if (key) assertWholeKey(this.pipeline, key);
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const found = this.rows().filter(
      (row) =>
        (!key || this.pipeline.keyNames.every((name) => row.key[name] === key[name])) &&
        (!row.window || (row.window.startMs >= fromMs && row.window.startMs < toMs)) &&
        (after === undefined || compareRows(row, after) > 0),
    );
    const page = found.slice(0, limit).map(stored);
    const last = page.at(-1);
    return { rows: page, ...(found.length > limit && last && { cursor: encodeCursor(last) }) };
  }
}

function assertWholeKey(pipeline: CompiledPipeline, key: KeyFields): void {
  const missing = pipeline.keyNames.filter((name) => key[name] === undefined);
  if (missing.length > 0) throw new ConfigError(`rows of one key: say which ${missing.join(', ')}`);
}

function keepNewest(table: Table, row: Row): void {
  const identity = rowIdentity(row);
  const known = table.get(identity);
  if (!known || isNewer(row, known)) table.set(identity, row);
}

/** Why a window was closed is told, not stored. */
function stored(row: Row): Row {
  const { pipeline, key, keyText, window, partition, values, revision, final } = row;
  return { pipeline, key, keyText, window, ...(partition !== undefined && { partition }), values, revision, final };
}

function encodeCursor({ keyText, window, partition, revision }: Row): string {
  const place: Place = [keyText, window ?? null, partition ?? null, revision.toString()];
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

type Place = readonly [string, NonNullable<Row['window']> | null, number | null, string];

function decodeCursor(cursor: string): RowPlace {
  try {
    const place = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Place;
    const [keyText, window, partition, revision] = place;
    return {
      keyText,
      window: window ?? undefined,
      ...(partition !== null && { partition }),
      revision: BigInt(revision),
    };
  } catch (thrown) {
    throw new ConfigError('the cursor is not one that a page of rows gave', { cause: thrown });
  }
}
