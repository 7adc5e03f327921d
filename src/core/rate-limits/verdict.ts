import type { RateVerdict } from '../ports/rate-limiter.port';

/** What was used of one limit. */
export interface Limited {
  /** `nowMs` may go back; nothing comes free by that. */
  take(units: number, nowMs: number): RateVerdict;
}

/** Without parts of units and milliseconds, to the side of caution. */
export function verdict(isAllowed: boolean, remaining: number, retryAfterMs: number, resetMs: number): RateVerdict {
  return {
    isAllowed,
    remaining: Math.max(0, Math.floor(remaining)),
    retryAfterMs: isAllowed ? 0 : Math.max(1, Math.ceil(retryAfterMs)),
    resetMs: Math.max(0, Math.ceil(resetMs)),
  };
}
