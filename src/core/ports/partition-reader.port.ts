import type { JsonPrimitive, JsonValue } from '../json';

/** Rows of one partition of a table, in the order of its clustering key or against it. */
export interface PartitionQuery {
  /** `keyspace.table` */
  readonly table: string;
  /** The whole partition key, by column. */
  readonly partition: Readonly<Record<string, JsonPrimitive>>;
  /** All clustering columns, in the order of the key. */
  readonly clustering: readonly string[];
  readonly descending: boolean;
  /** Bounds of the first clustering column: `[from, to)`. */
  readonly from?: JsonPrimitive;
  readonly to?: JsonPrimitive;
  /** Only rows after this one, by its clustering columns. */
  readonly after?: readonly JsonPrimitive[];
  readonly limit: number;
}

/** A row by column. Times may come as ISO 8601 text or epoch ms, columns of JSON as text or as what they hold. */
export type TableRow = Readonly<Record<string, JsonValue>>;

/**
 * Reads tables as their columns stand, for repositories: one statement in one partition. Throws TransientError while the
 * server is away, FatalError when the table is not as the query says.
 */
export interface PartitionReader {
  read(query: PartitionQuery): Promise<readonly TableRow[]>;
}
