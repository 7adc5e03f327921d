import type { KeySpans, Span } from './span';
import type { Contribution } from './task-windows';

/** What the rules of a kind of window may do with the windows of a key. */
export interface SpanWork {
  readonly keyText: string;
  readonly of: KeySpans;
  readonly contribution: Contribution;
  readonly watermarkMs: number;
  /** A new window of the key with an empty aggregate. It belongs to the key once the kind has put it into `of.spans`. */
  create(startMs: number, endMs: number): Span;
  /** Adds the record. Marks the row as changed. */
  add(span: Span): void;
  /** Adds what `from` holds. Marks the row as changed. */
  merge(into: Span, from: Pick<Span, 'accumulators' | 'records' | 'latestMs'>): void;
  /** The row under the bounds of `span` is to be deleted: another window takes its place. */
  supersede(span: Span): void;
  /** The window goes on under other bounds: the row under the old ones is to be deleted. */
  rebound(span: Span, startMs: number, endMs: number): void;
  /** The window is full: its final row is due now. */
  complete(span: Span): void;
}

/**
 * The rules of windows that depend on the records of their key: which of them a record makes, joins or merges.
 * Stateless: everything is in {@link KeySpans}.
 */
export interface SpanKind {
  /** Whether windows are told apart by their ordinal as well as by their bounds. */
  readonly isCounted: boolean;
  /** Adds the record to every window that is not late; the answer is `W - end` in ms when all are, else -1. */
  add(work: SpanWork): number;
  /** The watermark, epoch ms, at which the final row of the window is due; Infinity for never. */
  closesAt(span: Span): number;
  /** The watermark at which nothing can need the window any more; at least `closesAt`. */
  dropsAt(span: Span): number;
}
