/** What is known of a request that carries an idempotency key. */
export type IdempotencyState =
  /** Never seen, or long ago: it is the caller's to carry out, then `complete` or `release`. */
  | { readonly state: 'new' }
  /** Another caller is at it. */
  | { readonly state: 'running'; readonly fingerprint: string }
  | { readonly state: 'done'; readonly fingerprint: string; readonly answer: string };

/** How long an answer is kept. */
export const ANSWER_KEPT_MS = 24 * 3_600_000;
/** How long a request may take. One that dies leaves its key reserved until then; a repetition is then carried out. */
export const RESERVED_MS = 60_000;

/**
 * Lets a request that is sent again get the answer it got before, from any replica. `fingerprint` tells requests apart
 * that carry the same key by mistake. All operations throw TransientError when the store cannot be reached.
 */
export interface IdempotencyStore {
  /** Reserves `key` for the caller if nobody has it; atomic. */
  begin(key: string, fingerprint: string): Promise<IdempotencyState>;
  complete(key: string, fingerprint: string, answer: string): Promise<void>;
  /** Gives the key back after a failure that changed nothing. */
  release(key: string): Promise<void>;
}
