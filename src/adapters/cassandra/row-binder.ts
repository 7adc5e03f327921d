import { FatalError } from '../../core/errors';
import type { JsonValue } from '../../core/json';
import type { ColumnContext, ColumnExpression } from '../../core/pipeline/compiled-pipeline';
import type { Row } from '../../core/row/row';
import type { Statement } from './cassandra-client';
import type { ColumnCodec } from './column-codec';
import { columnType } from './column-type';
import { assertFits, type CassandraSinkPlan } from './table-check';
import { quoted, quotedTable, type TableColumn, type TableSchema, tableText } from './table-schema';

/** What a value takes in a request besides its bytes, and what a value without length takes. */
const VALUE_BYTES = 8;

/** One row as a statement, with what is needed to group it with others. */
export interface BoundRow extends Statement {
  /** Equal for rows of one partition. */
  readonly partitionText: string;
  /** Equal for versions of one row, within a partition. */
  readonly clusteringText: string;
  readonly revision: bigint;
  readonly deletes: boolean;
  readonly bytes: number;
  /** Sets the columns that hold when the row was written: at the server's time, not at the revision. */
  readonly clock?: Statement;
}

interface BoundColumn {
  readonly name: string;
  readonly isKey: boolean;
  readonly expression: ColumnExpression;
  readonly codec: ColumnCodec;
}

/** Turns rows into upserts and deletions that carry the row's revision as their timestamp. */
export class RowBinder {
  private readonly partition: readonly BoundColumn[];
  private readonly clustering: readonly BoundColumn[];
  private readonly rest: readonly BoundColumn[];
  private readonly moving: readonly BoundColumn[];
  private readonly insert: string;
  private readonly remove: string;
  private readonly touch: string | undefined;

  /** Throws FatalError when the sink does not fit the table. */
  constructor(
    private readonly schema: TableSchema,
    private readonly sink: CassandraSinkPlan,
  ) {
    assertFits(schema, sink);
    this.partition = bind(schema.partitionKey, schema, sink);
    this.clustering = bind(schema.clusteringKey, schema, sink);
    this.rest = bind([...schema.columns.values()].filter(isMappedValue(sink)), schema, sink);
    this.moving = this.clustering.filter(({ name }) => sink.moving?.includes(name) === true);
    const keys = [...this.partition, ...this.clustering];
    const all = [...keys, ...this.rest];
    this.insert =
      `INSERT INTO ${quotedTable(schema)} (${all.map(({ name }) => quoted(name)).join(', ')}) ` +
      `VALUES (${all.map(() => '?').join(', ')}) USING TIMESTAMP ?`;
    const where = `WHERE ${keys.map(({ name }) => `${quoted(name)} = ?`).join(' AND ')}`;
    this.remove = `DELETE FROM ${quotedTable(schema)} USING TIMESTAMP ? ${where}`;
    this.touch = touchOf(schema, sink, where);
  }

  /**
   * A null aggregate is written as null, so that it overwrites an older value. `undefined` for a row that has no place,
   * because one of its moving columns is null. Throws FatalError for a value that its column cannot hold, naming both.
   */
  bind(row: Row): BoundRow | undefined {
    if (this.hasNoPlace(row)) return undefined;
    const standing: ColumnContext = row.left ? { ...row, values: row.left } : row;
    const values: JsonValue[] = [];
    const params: unknown[] = [];
    const add = (columns: readonly BoundColumn[]): string => {
      const from = values.length;
      for (const column of columns) {
        const value = column.expression.evaluate(standing);
        values.push(value);
        params.push(this.encode(column, value));
      }
      return JSON.stringify(values.slice(from));
    };
    const partitionText = add(this.partition);
    const clusteringText = add(this.clustering);
    const identity = [...params];
    if (row.values) add(this.rest);
    return {
      query: row.values ? this.insert : this.remove,
      params: row.values ? [...params, this.timestampOf(row)] : [row.revision, ...params],
      partitionText,
      clusteringText,
      revision: row.revision,
      deletes: row.values === undefined,
      bytes: values.reduce<number>((sum, value) => sum + VALUE_BYTES + textBytes(value), VALUE_BYTES),
      ...(row.values && this.touch !== undefined && { clock: { query: this.touch, params: identity } }),
    };
  }

  /** Microseconds: of the records of one millisecond each has its own, so that no row is mixed of two. */
  private timestampOf({ revision, eventTimeMs }: Row): bigint {
    if (this.sink.writeTime !== 'event-time' || eventTimeMs === undefined) return revision;
    return BigInt(eventTimeMs) * 1_000n + ((revision / 2n) % 1_000n);
  }

  private hasNoPlace(row: Row): boolean {
    return row.values !== undefined && this.moving.some(({ expression }) => expression.evaluate(row) === null);
  }

  private encode(column: BoundColumn, value: JsonValue): unknown {
    try {
      if (value !== null) return column.codec.encode(value);
      if (!column.isKey) return null;
      throw new RangeError('a primary key column takes no null');
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      throw new FatalError(
        `table ${tableText(this.schema)}, column '${column.name}' (${column.expression.text}): ${thrown.message}; ` +
          'change the expression or the type of the column',
        { cause: thrown },
      );
    }
  }
}

/** An update, because an insertion would mark the row as being there at the time of the clock. */
function touchOf(schema: TableSchema, { clockColumns = [] }: CassandraSinkPlan, where: string): string | undefined {
  if (clockColumns.length === 0) return undefined;
  const settings = clockColumns.map((name) => `${quoted(name)} = toTimestamp(now())`);
  return `UPDATE ${quotedTable(schema)} SET ${settings.join(', ')} ${where}`;
}

function isMappedValue(sink: CassandraSinkPlan): (column: TableColumn) => boolean {
  return ({ name, kind }) => kind === 'regular' && Object.hasOwn(sink.columns, name);
}

/** Only after `assertFits`: each column is mapped and of a known type. */
function bind(
  columns: readonly TableColumn[],
  { userTypes }: TableSchema,
  sink: CassandraSinkPlan,
): readonly BoundColumn[] {
  return columns.flatMap(({ name, kind, type }) => {
    const expression = sink.columns[name];
    const answer = columnType(type, userTypes);
    if (!expression || !('codec' in answer)) return [];
    return [{ name, isKey: kind !== 'regular', expression, codec: answer.codec }];
  });
}

function textBytes(value: JsonValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return typeof value === 'object' && value !== null ? JSON.stringify(value).length : 0;
}
