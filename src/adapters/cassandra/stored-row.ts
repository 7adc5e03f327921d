import type { JsonValue } from '../../core/json';

/** A stored row: its columns as JSON values, and the newest time that the server keeps with one of its cells. */
export interface StoredRow {
  readonly column: (name: string) => JsonValue;
  readonly writeTime: bigint;
}
