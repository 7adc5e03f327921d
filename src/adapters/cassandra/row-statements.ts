import type { types } from 'cassandra-driver';
import { ConfigError } from '../../core/errors';
import type { JsonValue } from '../../core/json';
import type { ColumnContext, CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { RangeTooLongError } from '../../core/ports/row-reader.port';
import type { KeyFields } from '../../core/row/row';
import type { Window } from '../../core/windows/window';
import type { Statement } from './cassandra-client';
import { columnType } from './column-type';
import type { RowLayout } from './row-layout';
import type { StoredRow } from './stored-row';
import { quoted, quotedTable, type TableColumn, type TableSchema, tableText } from './table-schema';
import { assignerOf } from './window-layout';
import { daysAround, windowsFrom } from './window-range';

/** Windows, and partitions, that one query by key may span, where the partition key depends on the window. */
export const MAX_WINDOWS = 10_000;

export interface KeyRange {
  readonly key: KeyFields;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The part of a key's rows that lies in one partition. */
export interface PartitionQuery extends Statement {
  /** No row of the partition has a window that starts earlier. */
  readonly firstStartMs: number;
  /** Whether the rows come in order of their window's start; those of one start in any order. */
  readonly ordered: boolean;
}

/** Of windows in order of their start; without bounds where rows have no window. */
interface Span {
  readonly first: Window | undefined;
  last: Window | undefined;
}

/** The statements that read a table back, and the meaning of their answers. */
export class RowStatements {
  readonly scan: Statement;
  private readonly select: string;
  private readonly timed: readonly string[];

  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly layout: RowLayout,
    private readonly schema: TableSchema,
  ) {
    const mapped = [...schema.columns.values()].filter(({ name }) => Object.hasOwn(layout.sink.columns, name));
    this.timed = mapped.filter(hasWriteTime).map(({ name }) => name);
    const times = this.timed.map((name, i) => `WRITETIME(${quoted(name)}) AS written_${i}`);
    this.select = `SELECT ${[...mapped.map(({ name }) => quoted(name)), ...times].join(', ')} FROM ${quotedTable(schema)}`;
    this.scan = { query: this.select, params: [] };
  }

  /** One query for each partition that can hold rows of the key whose window starts in the range, earliest first. */
  ofKey(range: KeyRange): readonly PartitionQuery[] {
    const partitions = new Map<string, { readonly values: readonly JsonValue[]; readonly span: Span }>();
    for (const window of this.windowsOf(range)) {
      if (partitions.size > MAX_WINDOWS) throw this.tooMany(window?.startMs);
      const values = this.schema.partitionKey.map(({ name }) => this.evaluate(name, range.key, window));
      const text = JSON.stringify(values);
      const known = partitions.get(text);
      if (known) known.span.last = window;
      else partitions.set(text, { values, span: { first: window, last: window } });
    }
    return [...partitions.values()].map(({ values, span }) => this.partitionQuery(range, values, span));
  }

  stored(row: types.Row): StoredRow {
    let writeTime = 0n;
    for (const i of this.timed.keys()) {
      const written = row[`written_${i}`] as bigint | null;
      if (written !== null && written > writeTime) writeTime = written;
    }
    return { writeTime, column: (name) => this.decode(name, row[name]) };
  }

  /** Only the first and the last window where the partition does not depend on it. */
  private windowsOf(range: KeyRange): readonly (Window | undefined)[] {
    if (this.layout.window.kind === 'none') return [undefined];
    return this.layout.window.kind === 'placed' ? this.placedWindows(range) : this.daysOf(range);
  }

  private placedWindows({ key, fromMs, toMs }: KeyRange): readonly Window[] {
    const assigner = assignerOf(this.pipeline, key);
    if (!assigner) return [];
    if (!this.isPartitionedByWindow()) {
      const [next] = windowsFrom(assigner, fromMs);
      const first = assigner.assign(fromMs)[0] ?? next;
      const last = assigner.assign(toMs).at(-1);
      return first && last ? [first, last] : [];
    }
    const windows: Window[] = [];
    for (const window of windowsFrom(assigner, fromMs)) {
      if (window.startMs >= toMs) break;
      if (windows.length === MAX_WINDOWS) throw this.tooMany(window.startMs);
      windows.push(window);
    }
    return windows;
  }

  /**
   * Where only records tell where windows lie, days stand for them: enough to name the partitions of years and dates, and
   * the bounds of a range.
   */
  private daysOf({ fromMs, toMs }: KeyRange): readonly Window[] {
    const days = daysAround(fromMs, toMs);
    if (!this.isPartitionedByWindow()) return [days[0]!, days.at(-1)!];
    const fine = this.schema.partitionKey.find(({ name }) => /\bwindow\.(?!year\b|date\b)/.test(this.textOf(name)));
    if (!fine) return days;
    throw new ConfigError(
      `table ${tableText(this.schema)}: rows of one key cannot be found, because the partition depends on ` +
        `'${this.textOf(fine.name)}': partition by window.year or window.date, or read without a key`,
    );
  }

  private isPartitionedByWindow(): boolean {
    return this.schema.partitionKey.some(({ name }) => /\bwindow\b/.test(this.textOf(name)));
  }

  private tooMany(nextMs = 0): RangeTooLongError {
    const to = new Date(nextMs).toISOString();
    return new RangeTooLongError(
      `rows of ${this.pipeline.name}: ask for at most ${MAX_WINDOWS} windows at once, such as those before ${to}, and then from there on`,
    );
  }

  private partitionQuery({ key }: KeyRange, partition: readonly JsonValue[], { first, last }: Span): PartitionQuery {
    const conditions = this.schema.partitionKey.map(({ name }) => `${quoted(name)} = ?`);
    const params = this.schema.partitionKey.map(({ name }, i) => this.encode(name, partition[i] ?? null));
    let order = '';
    let ordered = false;
    for (const { name } of this.schema.clusteringKey) {
      const from = this.evaluate(name, key, first);
      if (this.isKeyField(name)) {
        conditions.push(`${quoted(name)} = ?`);
        params.push(this.encode(name, from));
        continue;
      }
      // Later clustering columns cannot be restricted after a range; rows of other keys are left out when read.
      if (!this.growsWithWindow(name)) break;
      conditions.push(`${quoted(name)} >= ?`, `${quoted(name)} <= ?`);
      params.push(this.encode(name, from), this.encode(name, this.evaluate(name, key, last)));
      order = ` ORDER BY ${quoted(name)} ASC`;
      ordered = this.ordersWindows(name);
      break;
    }
    const query = `${this.select} WHERE ${conditions.join(' AND ')}${order}`;
    return { query, params, firstStartMs: this.earliestStartMs(first), ordered };
  }

  private isKeyField(column: string): boolean {
    return this.layout.keys.some(([, name]) => name === column);
  }

  /** Days stand for windows on the clocks of any zone. */
  private earliestStartMs(first: Window | undefined): number {
    if (!first) return -Infinity;
    return this.layout.window.kind === 'written' ? first.startMs - DAY_MS : first.startMs;
  }

  /** Whether the column orders rows as their windows' starts do, and can be compared with what the range gives. */
  private growsWithWindow(column: string): boolean {
    const growing: readonly string[] = GROWING[this.layout.window.kind];
    return growing.includes(this.textOf(column));
  }

  /** Dates do so where they tell windows apart. */
  private ordersWindows(column: string): boolean {
    const { window } = this.layout;
    return this.textOf(column) !== 'window.date' || (window.kind === 'placed' && window.by === 'window.date');
  }

  private textOf(column: string): string {
    return this.layout.sink.columns[column]?.text.trim() ?? '';
  }

  private evaluate(column: string, key: KeyFields, window: Window | undefined): JsonValue {
    const identity: ColumnContext = { key, window, values: undefined, revision: 0n, final: false };
    return this.layout.sink.columns[column]?.evaluate(identity) ?? null;
  }

  private encode(column: string, value: JsonValue): unknown {
    try {
      return value === null ? null : this.codecOf(column).encode(value);
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      throw new ConfigError(`table ${tableText(this.schema)}, column '${column}': ${thrown.message}`, {
        cause: thrown,
      });
    }
  }

  private decode(column: string, stored: unknown): JsonValue {
    return stored === null || stored === undefined ? null : this.codecOf(column).decode(stored);
  }

  private codecOf(column: string) {
    const answer = columnType(this.schema.columns.get(column)?.type ?? '', this.schema.userTypes);
    if ('codec' in answer) return answer.codec;
    throw new ConfigError(`table ${tableText(this.schema)}, column '${column}': ${answer.refused}`);
  }
}

const DAY_MS = 86_400_000;

/** Windows that share a start end in the order in which they are listed, so that ends grow where windows are placed. */
const GROWING = {
  none: [],
  placed: ['window.start', 'window.end', 'window.date'],
  written: ['window.start', 'window.date'],
} as const satisfies Record<RowLayout['window']['kind'], readonly string[]>;

/** The cells of a collection that is not frozen have a time each. */
function hasWriteTime({ kind, type }: TableColumn): boolean {
  return kind === 'regular' && !/^(list|set|map)</.test(type);
}
