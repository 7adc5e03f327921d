import type { Clock } from '../core/ports/clock.port';

/**
 * Lets `perSecond` units a second pass, and up to `burst` at once. One take may overdraw it, so that a request larger
 * than the burst gets through when the bucket is full; those after it wait until the debt is paid.
 */
export class TokenBucket {
  private tokens: number;
  private atMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly clock: Clock,
  ) {
    this.tokens = burst;
    this.atMs = clock.now();
  }

  /** 0 when the units were taken, else how long to wait, ms. */
  take(units: number): number {
    const nowMs = this.clock.now();
    // The wall clock may be set back; time that went backwards brings no tokens.
    const elapsedMs = Math.max(0, nowMs - this.atMs);
    this.tokens = Math.min(this.burst, this.tokens + (elapsedMs * this.perSecond) / 1000);
    this.atMs = nowMs;
    const missing = Math.min(units, this.burst) - this.tokens;
    if (missing > 0) return (missing * 1000) / this.perSecond;
    this.tokens -= units;
    return 0;
  }
}
