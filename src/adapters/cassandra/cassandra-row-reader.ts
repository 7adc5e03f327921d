import { errors, types } from 'cassandra-driver';
import { ConfigError } from '../../core/errors';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { RowPage, RowQuery, RowReader } from '../../core/ports/row-reader.port';
import type { Row } from '../../core/row/row';
import { compareWindows } from '../../core/row/row-identity';
import type { CassandraClient } from './cassandra-client';
import { rebuildRow, type RowLayout, rowLayout } from './row-layout';
import { type KeyRange, type PartitionQuery, RowStatements } from './row-statements';
import { assertFits } from './table-check';
import { TableConsistency } from './table-consistency';
import { readTable, tableText } from './table-schema';

const PARTITIONS_AT_ONCE = 8;
/** Rows of one answer of the server. */
const MAX_FETCH = 1_000;
/** A scan that finds few rows in its range gives back what it has after so many answers, with a cursor. */
const MAX_SCAN_ANSWERS = 20;
/** No event time lies outside; see `CompiledPipeline.eventTimeMs`. */
const LAST_EVENT_MS = Date.UTC(2100, 0, 1);

/**
 * Reads rows back from the pipeline's first table that holds enough of them: each field of the key, what tells and
 * rebuilds the window (see `WindowLayout`) and one aggregate need a column. A reader of tables that lack something finds no
 * row and says what is missing. `undefined` for a pipeline without a table.
 */
export function cassandraRowReader(
  client: CassandraClient,
  pipeline: CompiledPipeline,
  consistency = new TableConsistency(),
): RowReader | undefined {
  const layout = rowLayout(pipeline);
  if (layout && 'missing' in layout) {
    const { missing: note } = layout;
    return { read: () => Promise.resolve({ rows: [], note }) };
  }
  return layout && new CassandraRowReader(client, pipeline, layout, consistency.ofReads(tableText(layout.sink)));
}

/**
 * By key: rows in order of their windows, from the partitions that the range of windows touches. Throws
 * ConfigError without a whole key, `fromMs` and `toMs`, or when the partition depends on the window and more than 10,000
 * windows are asked for. Without a key: all rows, in the table's own order; a page may have fewer rows than asked for and still a cursor.
 * Throws ConfigError for a cursor that it did not give, FatalError when the table does not fit the pipeline.
 *
 * A row's revision is the time of its newest cell. A row whose every value is null has revision 0.
 */
class CassandraRowReader implements RowReader {
  private statements: Promise<RowStatements> | undefined;
  private readonly doing: string;

  constructor(
    private readonly client: CassandraClient,
    private readonly pipeline: CompiledPipeline,
    private readonly layout: RowLayout,
    private readonly level: { readonly consistency?: number },
  ) {
    this.doing = `reading ${tableText(layout.sink)}`;
  }

  async read(query: RowQuery): Promise<RowPage> {
    const statements = await (this.statements ??= this.readStatements());
    const byKey = query.key && this.pipeline.keyNames.length > 0;
    return byKey ? this.readKey(statements, query) : this.scan(statements, query);
  }

  private async readStatements(): Promise<RowStatements> {
    try {
      const schema = await readTable(this.client, this.layout.sink);
      assertFits(schema, this.layout.sink);
      return new RowStatements(this.pipeline, this.layout, schema);
    } catch (thrown) {
      this.statements = undefined;
      throw thrown;
    }
  }

  private async readKey(statements: RowStatements, query: RowQuery): Promise<RowPage> {
    const after = query.cursor === undefined ? undefined : decodePosition(query.cursor);
    const range = rangeOf(query, after);
    const missing = this.pipeline.keyNames.filter((name) => range.key[name] === undefined);
    if (missing.length > 0) throw new ConfigError(`rows of one key: say which ${missing.join(', ')}`);
    const wanted = (row: Row): boolean =>
      isWanted(row, range) && (!after || !row.window || compareWindows(row.window, after) > 0);
    const found: Row[] = [];
    const left = range.fromMs < range.toMs ? [...statements.ofKey(range)] : [];
    while (left.length > 0) {
      const next = left.splice(0, PARTITIONS_AT_ONCE);
      const read = next.map((partition) => this.readPartition(statements, partition, { wanted, limit: query.limit }));
      found.push(...(await Promise.all(read)).flat());
      const bound = left[0]?.firstStartMs ?? Infinity;
      if (found.filter(({ window }) => window && window.startMs < bound).length > query.limit) break;
    }
    found.sort(byWindow);
    const rows = found.slice(0, query.limit);
    const last = rows.at(-1)?.window;
    return { rows, ...(found.length > rows.length && last && { cursor: encodePosition(last) }) };
  }

  /** At least the first `limit + 1` rows of the partition that are wanted, or all of them. */
  private async readPartition(
    statements: RowStatements,
    partition: PartitionQuery,
    { wanted, limit }: { readonly wanted: (row: Row) => boolean; readonly limit: number },
  ): Promise<readonly Row[]> {
    // One more shows that there are more, and another that all of the same start are there.
    const fetchSize = Math.min(limit + 2, MAX_FETCH);
    const rows: Row[] = [];
    let pageState: string | undefined;
    do {
      const options = { fetchSize, isIdempotent: true, ...this.level, ...(pageState !== undefined && { pageState }) };
      const answer = await this.client.execute(partition, this.doing, options);
      rows.push(...this.rowsOf(statements, answer).filter(wanted));
      pageState = answer.pageState ?? undefined;
    } while (pageState !== undefined && !(partition.ordered && startedBeforeLast(rows) > limit));
    return rows;
  }

  private async scan(statements: RowStatements, query: RowQuery): Promise<RowPage> {
    const { fromMs = -Infinity, toMs = Infinity } = query;
    const rows: Row[] = [];
    let pageState = query.cursor === undefined ? undefined : Buffer.from(query.cursor, 'base64url').toString('hex');
    for (let answers = 0; answers < MAX_SCAN_ANSWERS && rows.length < query.limit; answers += 1) {
      const fetchSize = Math.min(query.limit - rows.length, MAX_FETCH);
      const options = { fetchSize, isIdempotent: true, ...this.level, ...(pageState !== undefined && { pageState }) };
      const answer = await this.client.execute(statements.scan, this.doing, options).catch(wrongCursor(query));
      rows.push(...this.rowsOf(statements, answer).filter((row) => isWanted(row, { fromMs, toMs })));
      if (!answer.pageState) return { rows };
      pageState = answer.pageState;
    }
    return { rows, ...(pageState !== undefined && { cursor: Buffer.from(pageState, 'hex').toString('base64url') }) };
  }

  private rowsOf(statements: RowStatements, answer: types.ResultSet): readonly Row[] {
    return answer.rows.flatMap((row) => rebuildRow(this.pipeline, this.layout, statements.stored(row)) ?? []);
  }
}

/** How many rows have a window that starts before that of the last row: of later ones some may be still to come. */
function startedBeforeLast(rows: readonly Row[]): number {
  const last = rows.at(-1)?.window?.startMs ?? -Infinity;
  return rows.filter(({ window }) => window !== undefined && window.startMs < last).length;
}

function isWanted({ key, window }: Row, range: Omit<KeyRange, 'key'> & Partial<KeyRange>): boolean {
  const { key: asked } = range;
  if (asked && !Object.keys(key).every((field) => key[field] === asked[field])) return false;
  return window === undefined || (window.startMs >= range.fromMs && window.startMs < range.toMs);
}

function byWindow(a: Row, b: Row): number {
  return a.window && b.window ? compareWindows(a.window, b.window) : 0;
}

type Position = NonNullable<Row['window']>;

function rangeOf({ key = {}, fromMs, toMs }: RowQuery, after: Position | undefined): KeyRange {
  if (fromMs === undefined || toMs === undefined) {
    throw new ConfigError('rows of one key: say from when and to when their windows start');
  }
  return { key, fromMs: Math.max(fromMs, after?.startMs ?? 0, 0), toMs: Math.min(toMs, LAST_EVENT_MS) };
}

function encodePosition({ startMs, endMs, index = 0, zone }: Position): string {
  return Buffer.from(`${startMs} ${endMs} ${index} ${zone}`).toString('base64url');
}

function decodePosition(cursor: string): Position {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, startMs, endMs, index, zone] = /^(\d+) (\d+) (\d+) (\S+)$/.exec(text) ?? [];
  if (zone === undefined) throw new ConfigError(WRONG_CURSOR);
  return { startMs: Number(startMs), endMs: Number(endMs), index: Number(index), zone };
}

const WRONG_CURSOR = 'the cursor is not one that a page of these rows gave';

/** The server checks its own paging states. */
function wrongCursor({ cursor }: RowQuery): (thrown: Error) => never {
  return (thrown) => {
    const { cause } = thrown;
    const refused =
      cause instanceof errors.ResponseError && cause.code === Number(types.responseErrorCodes.protocolError);
    if (cursor !== undefined && refused) throw new ConfigError(WRONG_CURSOR, { cause: thrown });
    throw thrown;
  };
}
