/** What is known of a dead letter: `begun` was being sent by somebody who may have ended before he knew that it was. */
export type ReplayState = 'new' | 'begun' | 'done';

/**
 * What operators have asked of a pipeline and what came of it, kept where every process sees it.
 * All operations throw TransientError when the store cannot be reached.
 */
export interface OperatorLedger {
  /** Asks every process that has paused the pipeline for its errors to go on. */
  requestResume(pipeline: string): Promise<void>;

  /** How often that was asked. Never smaller than before, unless the store has lost its contents. */
  resumeRequests(pipeline: string): Promise<number>;

  /**
   * What was known of each letter, in their order; `new` ones are `begun` from now on, and the caller's to send. Of two
   * callers at the same time one alone gets `new`.
   */
  beginReplay(pipeline: string, letters: readonly string[]): Promise<readonly ReplayState[]>;

  /** The log has acknowledged these letters: they are `done` for ever. */
  finishReplay(pipeline: string, letters: readonly string[]): Promise<void>;
}
