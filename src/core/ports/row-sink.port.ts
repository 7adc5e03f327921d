import type { Row } from '../row/row';

/**
 * Where rows go in step 4 of the checkpoint protocol.
 *
 * `write` resolves when every row is acknowledged by the outside system. It may be called again with rows that it has
 * seen, older ones too: a row with a smaller revision must never replace one with a greater revision.
 * Throws TransientError when it is worth trying again, FatalError when it never will be (a missing table).
 */
export interface RowSink {
  /** Stable and bounded: labels metrics, e.g. `cassandra:aqdata.pm25`. */
  readonly name: string;
  write(rows: readonly Row[], signal: AbortSignal): Promise<void>;
}
