import type { JsonPrimitive } from '../core/json';
import type { RowReader } from '../core/ports/row-reader.port';
import type { KeyFields, Row } from '../core/row/row';
import { matchesKey, typedKeys } from './key-match';
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
}

/** One page of what a table holds for the wanted keys: as few reads as the port allows, one for each typed key. */
export async function readStoredRows(
  reader: RowReader,
  keyNames: readonly string[],
  wanted: RowParameters,
  at: StoredRowsPosition,
): Promise<StoredRowsPage> {
  const keys = typedKeys(keyNames, wanted.key) ?? [undefined];
  const values = keys[at.key];
  const page = await reader.read({
    ...(values && { key: keyOf(keyNames, values) }),
    ...(wanted.fromMs !== undefined && { fromMs: wanted.fromMs }),
    ...(wanted.toMs !== undefined && { toMs: wanted.toMs }),
    limit: wanted.limit,
    ...(at.table !== undefined && { cursor: at.table }),
  });
  const rows = page.rows.filter((row) => matchesKey(row.key, wanted.key));
  if (page.cursor !== undefined) return { rows, next: { key: at.key, table: page.cursor } };
  return at.key + 1 < keys.length ? { rows, next: { key: at.key + 1 } } : { rows };
}

function keyOf(names: readonly string[], values: readonly JsonPrimitive[]): KeyFields {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? null]));
}
