import { ConfigError } from '../../core/errors';
import type { CompiledPipeline, CompiledSink } from '../../core/pipeline/compiled-pipeline';
import type { RowPage, RowQuery, RowReader } from '../../core/ports/row-reader.port';
import type { RowSink } from '../../core/ports/row-sink.port';
import type { KeyFields, Row } from '../../core/row/row';

/** Rows of one pipeline by identity; deleted rows stay, so that an older version written late still loses. */
type Table = Map<string, Row>;

/**
 * The twin of the Cassandra tables: of each row, by key and window, it keeps the version with the greatest revision,
 * in whatever order and however often versions are written. All sinks of one pipeline share one table, which holds
 * every aggregate whatever columns are mapped. It grows with the number of rows.
 */
export class MemoryTables {
  private readonly tables = new Map<string, Table>();

  sinkFor(pipeline: CompiledPipeline, sink?: CompiledSink): RowSink {
    const table = this.tableOf(pipeline.name);
    return {
      name: sink?.kind === 'cassandra' ? `cassandra:${sink.keyspace}.${sink.table}` : `memory:${pipeline.name}`,
      write(rows: readonly Row[], signal: AbortSignal): Promise<void> {
        if (signal.aborted) return Promise.reject(signal.reason as Error);
        for (const row of rows) keepNewest(table, row);
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
    return rows.filter((row) => row.values !== undefined).sort(byKeyThenWindow);
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
        (after === undefined || byKeyThenWindow(row, after) > 0),
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

type Position = Pick<Row, 'keyText' | 'window'>;

function keepNewest(table: Table, row: Row): void {
  const identity = `${row.window?.startMs ?? ''}:${row.window?.endMs ?? ''}:${row.keyText}`;
  const known = table.get(identity);
  if (!known || known.revision < row.revision) table.set(identity, row);
}

function byKeyThenWindow(a: Position, b: Position): number {
  if (a.keyText !== b.keyText) return a.keyText < b.keyText ? -1 : 1;
  const byStart = (a.window?.startMs ?? 0) - (b.window?.startMs ?? 0);
  return byStart || (a.window?.endMs ?? 0) - (b.window?.endMs ?? 0);
}

/** Why a window was closed is told, not stored. */
function stored(row: Row): Row {
  const { pipeline, key, keyText, window, values, revision, final } = row;
  return { pipeline, key, keyText, window, values, revision, final };
}

function encodeCursor({ keyText, window }: Position): string {
  return Buffer.from(JSON.stringify([keyText, window ?? null])).toString('base64url');
}

function decodeCursor(cursor: string): Position {
  try {
    const [keyText, window] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, Row['window'] | null];
    return { keyText, window: window ?? undefined };
  } catch (thrown) {
    throw new ConfigError('the cursor is not one that a page of rows gave', { cause: thrown });
  }
}
