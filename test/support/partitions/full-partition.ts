import type { Row } from '../../../src/core/row/row';

/** A partition of one table, as full as it may get. */
export interface FullPartition {
  readonly pipeline: string;
  readonly keyspace: string;
  readonly table: string;
  /** As `docs/tables.md` says. */
  readonly rows: number;
  /** How much of it is written: where rows are many, one of so many parts says what all take. */
  readonly part?: number;
  /** The `i`th row of the partition that `mark` names. */
  readonly row: (i: number, mark: string) => Pick<Row, 'key' | 'values' | 'window'> & { readonly eventTimeMs?: number };
}
