import type { RateVerdict } from '../ports/rate-limiter.port';
import { quotaOf, type RateLimit } from './rate-limit';
import { type Limited, verdict } from './verdict';

/**
 * A bucket of `burst` tokens that fills evenly. One take may overdraw it when it is full; those after it wait until the
 * debt is paid. The script `rate-token-bucket-1.lua` does the same.
 */
export class TokenBucket implements Limited {
  private readonly burst: number;
  private readonly perMs: number;
  private tokens: number;

  constructor(
    limit: RateLimit,
    private atMs: number,
  ) {
    this.burst = quotaOf(limit);
    this.perMs = limit.units / limit.windowMs;
    this.tokens = this.burst;
  }

  take(units: number, nowMs: number): RateVerdict {
    const elapsedMs = Math.max(0, nowMs - this.atMs);
    this.tokens = Math.min(this.burst, this.tokens + elapsedMs * this.perMs);
    this.atMs = Math.max(this.atMs, nowMs);
    const missing = Math.min(units, this.burst) - this.tokens;
    const isAllowed = missing <= 0;
    if (isAllowed) this.tokens -= units;
    return verdict(isAllowed, this.tokens, missing / this.perMs, (this.burst - this.tokens) / this.perMs);
  }
}
