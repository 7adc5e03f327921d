/** The kinds of window that Kafka Streams has too. */
export type Kind = 'tumbling' | 'hopping' | 'sliding' | 'session';

export interface CaseWindow {
  readonly kind: Kind;
  /** The gap of a session window. */
  readonly sizeMs: number;
  /** For hopping windows; `sizeMs` for all others. */
  readonly advanceMs: number;
  readonly graceMs: number;
}

export interface Reading {
  readonly key: string;
  /** Epoch ms. */
  readonly atMs: number;
  /** A multiple of 1/4 below 2^30, so that sums are exact in any order. */
  readonly x: number;
}

/** A window and the records that go through it, in order of arrival. */
export interface Case {
  readonly window: CaseWindow;
  /** When Millrace emits rows; the last table must be the same. */
  readonly emit: 'update' | 'close' | 'both';
  readonly readings: readonly Reading[];
}

export interface AnswerRow {
  readonly key: string;
  readonly startMs: number;
  /** As Kafka Streams has it: the first instant after a tumbling or hopping window, the last instant of the others. */
  readonly endMs: number;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Answer {
  /** The table once all records are in. */
  readonly rows: readonly AnswerRow[];
  /** Indexes of the readings that were in no window, ascending. */
  readonly late: readonly number[];
}
