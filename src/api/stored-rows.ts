import { ConfigError } from '../core/errors';
import type { JsonPrimitive } from '../core/json';
import { RangeTooLongError, type RowQuery, type RowReader } from '../core/ports/row-reader.port';
import type { KeyFields, Row } from '../core/row/row';
import { matchesKey, typedKeys } from './key-match';
import { badParameter } from './problem-details';
import type { RowParameters } from './row-parameters';

export interface StoredRowsPosition {
  /** How many of the typed keys are read. */
  readonly key: number;
  /** The reader's cursor. */
  readonly table?: string;
}

export interface StoredRowsPage {
  readonly rows: readonly Row[];
  readonly next?: StoredRowsPosition;
  /** See `RowPage`. */
  readonly note?: string;
}

/**
 * One page of what a table holds for the wanted keys: one read. Without bounds nothing was ever committed, and a key has
 * no rows to look for. Throws a 400 for what the reader refuses, and TransientError.
 */
export async function readStoredRows(
  reader: RowReader,
  keyNames: readonly string[],
  wanted: RowParameters,
  at: StoredRowsPosition,
): Promise<StoredRowsPage> {
  const keys = typedKeys(keyNames, wanted.key);
  if (keys && (wanted.fromMs === undefined || wanted.toMs === undefined)) return { rows: [] };
  const values = keys?.[at.key];
  const others = keys !== undefined && at.key + 1 < keys.length ? { next: { key: at.key + 1 } } : {};
  try {
    const page = await reader.read(queryOf(wanted, values && keyOf(keyNames, values), at.table));
    if (page.note !== undefined) return { rows: [], note: page.note };
    const rows = page.rows.filter((row) => matchesKey(row.key, wanted.key));
    return page.cursor === undefined ? { rows, ...others } : { rows, next: { key: at.key, table: page.cursor } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (error instanceof RangeTooLongError) throw badParameter('to', error.message);
    // A column that cannot hold the key as this type may hold it as another.
    if (others.next) return { rows: [], ...others };
    throw badParameter(values ? 'key' : 'cursor', error.message);
  }
}

function queryOf(
  { fromMs, toMs, limit }: RowParameters,
  key: KeyFields | undefined,
  cursor: string | undefined,
): RowQuery {
  return {
    ...(key && { key }),
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs }),
    limit,
    ...(cursor !== undefined && { cursor }),
  };
}

function keyOf(names: readonly string[], values: readonly JsonPrimitive[]): KeyFields {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? null]));
}
