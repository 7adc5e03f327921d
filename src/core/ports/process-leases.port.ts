/**
 * Tells living processes from dead ones, by the store's own clock. A lease that has lapsed is no proof: a process that
 * stood still comes back. Whoever acts on it must be harmless if it was wrong. All operations throw TransientError when
 * the store cannot be reached.
 */
export interface ProcessLeases {
  /** Says that the process lives, for `ttlMs` from now. Returns the processes whose lease has lapsed. */
  renew(process: string, ttlMs: number): Promise<readonly string[]>;
  /** Every process that has a lease, lapsed or not. */
  holders(): Promise<readonly string[]>;
  /** The process has ended in order, or nothing of it is left. */
  forget(process: string): Promise<void>;
}
