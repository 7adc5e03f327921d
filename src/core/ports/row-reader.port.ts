import { ConfigError } from '../errors';
import type { KeyFields, Row } from '../row/row';

/** A range of more windows than one read may span; the message says how to go on. */
export class RangeTooLongError extends ConfigError {}

export interface RowQuery {
  /** All key fields, or none for all keys. */
  readonly key?: KeyFields;
  /** Rows whose window starts in `[fromMs, toMs)`, and those without a window. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
  /** Opaque; from the page before. */
  readonly cursor?: string;
}

export interface RowPage {
  readonly rows: readonly Row[];
  /** Present while there may be more. */
  readonly cursor?: string;
  /** Why stored rows cannot be read back, and what would mend that; there are no rows then. */
  readonly note?: string;
}

/** Reads back the rows that a sink has stored, each with its newest revision. Throws TransientError. */
export interface RowReader {
  read(query: RowQuery): Promise<RowPage>;
}
