import type { PoisonReason } from '../core/errors';
import type { CloseReason } from '../core/row/row';

/** What the runtime tells whoever measures it. Calls are cheap and never throw; durations in seconds. */
export interface RuntimeObserver {
  records(pipeline: string, result: 'accepted' | 'filtered' | 'late' | 'dead', count: number): void;
  /** Records of a repartition topic that had been seen before and were dropped. */
  duplicates(pipeline: string, count: number): void;
  lateness(pipeline: string, seconds: number): void;
  deadLetters(pipeline: string, reason: PoisonReason, count: number): void;
  rowsEmitted(pipeline: string, sink: string, count: number): void;
  /** Final rows of a commit, by why their window was closed. */
  windowsClosed(pipeline: string, reason: CloseReason, rows: number): void;
  sinkDuration(pipeline: string, sink: string, seconds: number): void;
  sinkRetry(pipeline: string, sink: string): void;
  /** Steps 3 to 5 of one checkpoint. */
  checkpoint(pipeline: string, seconds: number): void;
  /** From the timestamp of the newest record in a checkpoint to its rows' acknowledgement in the sinks. */
  endToEnd(pipeline: string, seconds: number): void;
  fenced(pipeline: string): void;
  /** The pipeline was paused, because too many of its records cannot be processed. */
  budgetSpent(pipeline: string): void;
  rebalance(pipeline: string): void;
}
