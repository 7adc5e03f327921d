import type { JsonValue } from '../core/json';
import type { Cel } from './cel';
import type { Duration } from './duration';

declare const types: unique symbol;

/** A reference table; what its entries are is not checked. */
export interface TableSpec<Entry> {
  /** Properties of a definition's `lookup`. */
  readonly table: object;
  readonly [types]?: Entry;
}

export interface LookupOptions<Field extends string, Missing extends MissingPolicy = MissingPolicy> {
  /** The key of the entry: a field of the record, or CEL. */
  readonly on: Field | Cel;
  /** What a record without an entry gets: null as the field, the default; or it is filtered; or it is a dead letter. */
  readonly missing?: Missing;
}

export type MissingPolicy = null | 'drop' | 'dead-letter';

/** What the field of a lookup holds. */
export type Found<Entry, Missing extends MissingPolicy> = null extends Missing ? Entry | null : Entry;

/** A hash of the service's Redis, whose fields hold JSON or plain text. */
export function redisTable<Entry = JsonValue>(
  name: string,
  options: { readonly maxAge?: Duration } = {},
): TableSpec<Entry> {
  return { table: { table: 'redis', name, ...options } };
}

export interface TopicTableOptions {
  /** Whether a record sees the entry of its own time; else the newest. */
  readonly pointInTime?: boolean;
  /** From when on an entry holds; default its record's timestamp. */
  readonly time?: { readonly field: string };
  /** How far back versions are kept. */
  readonly history?: Duration;
  readonly maxEntries?: number;
}

/** A topic whose records are the entries. */
export function topicTable<Entry = JsonValue>(name: string, options: TopicTableOptions = {}): TableSpec<Entry> {
  return { table: { table: 'topic', name, ...options } };
}
