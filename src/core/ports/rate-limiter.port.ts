import type { RateLimit } from '../rate-limits/rate-limit';

/** What came of asking to pass. */
export interface RateVerdict {
  readonly isAllowed: boolean;
  /** Whole units that would pass now, at least 0. */
  readonly remaining: number;
  /** How long to wait before the same can pass, whole ms; 0 if it was allowed. */
  readonly retryAfterMs: number;
  /** How long until nothing is used any more, if nobody asks, whole ms. */
  readonly resetMs: number;
}

/**
 * Counts units against limits, by name, exactly: takes at the same time, in however many processes, never pass more than
 * the limit. A take that is refused uses nothing. More units than ever pass at once do when nothing is used, so that they are not
 * refused for ever. Throws TransientError when the store cannot be reached.
 */
export interface RateLimiter {
  take(name: string, units: number, limit: RateLimit): Promise<RateVerdict>;
}
