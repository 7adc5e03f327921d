import type { JsonValue } from '../json';

/**
 * ```
 *                      ┌── gave it back, or did not renew ◀──┐
 *   added ──▶ waiting ─┴─▶ running ──▶ done                  │
 *                ▲            ├──────▶ retrying (fails) ─────┘ when it is due
 *                └── again ───┴──────▶ failed (dead letter)
 * ```
 */
export type JobState = 'waiting' | 'running' | 'retrying' | 'done' | 'failed';

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  readonly input: JsonValue;
  /** How often it was begun; not those that were given back. */
  readonly attempts: number;
  /** Epoch ms. */
  readonly createdMs: number;
  readonly updatedMs: number;
  /** Who had it last. */
  readonly worker?: string;
  readonly progress?: JsonValue;
  readonly result?: JsonValue;
  /** Of the last attempt that failed. */
  readonly error?: string;
}

/** A job that the taker alone may go on with, until it renews no more. */
export interface TakenJob {
  readonly id: string;
  readonly kind: string;
  readonly input: JsonValue;
  /** From 1. */
  readonly attempt: number;
  /** Greater with each take of the job: fences those that had it before. */
  readonly token: number;
}

export interface QueueBounds {
  /** How long a taken job may go without renewal before another worker takes it, ms. */
  readonly leaseMs: number;
  /** One that was begun so often without an end is dead. */
  readonly maxAttempts: number;
  /** Of jobs that are not done. */
  readonly maxWaiting: number;
  /** How long jobs are kept that are done or dead, ms. */
  readonly keptMs: number;
  /** How many jobs are listed, and how many dead ones. */
  readonly maxListed: number;
}

export const QUEUE_BOUNDS: QueueBounds = {
  leaseMs: 30_000,
  maxAttempts: 5,
  maxWaiting: 10_000,
  keptMs: 7 * 24 * 3_600_000,
  maxListed: 1_000,
};

/** There is no room for another job until some are done. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/**
 * Jobs for whichever process has time: each is begun at least once, by one worker at a time, in the order in which they were
 * added. A worker that dies loses its job when the lease is over. All operations throw TransientError when the store cannot
 * be reached; those that take a {@link TakenJob} throw FencedError when it is no more the caller's, having changed nothing.
 */
export interface WorkQueue {
  readonly bounds: QueueBounds;
  /** Throws QueueFullError. */
  add(kind: string, input: JsonValue): Promise<Job>;
  find(id: string): Promise<Job | undefined>;
  /** The newest first; only those that failed for good, if that is asked for. */
  list(limit: number, only?: 'failed'): Promise<readonly Job[]>;
  /** `undefined` when there is nothing to do. */
  take(worker: string): Promise<TakenJob | undefined>;
  /** Keeps the lease, and shows how far the job is. */
  renew(job: TakenJob, progress?: JsonValue): Promise<void>;
  finish(job: TakenJob, result: JsonValue): Promise<void>;
  /** To be begun again after so long; a dead letter without it, or when it was begun too often. */
  fail(job: TakenJob, error: string, retryAfterMs?: number): Promise<void>;
  /** Somebody else may begin it at once; the attempt does not count. */
  giveBack(job: TakenJob): Promise<void>;
  /** Begins a dead one anew. False if it is not dead. */
  again(id: string): Promise<boolean>;
}
