import type { RateVerdict } from '../ports/rate-limiter.port';
import type { RateLimit } from './rate-limit';
import { type Limited, verdict } from './verdict';

/** Windows are aligned to the epoch. The script `rate-fixed-window-1.lua` does the same. */
export class FixedWindow implements Limited {
  private window = -1;
  private used = 0;

  constructor(private readonly limit: RateLimit) {}

  take(units: number, nowMs: number): RateVerdict {
    const { units: most, windowMs } = this.limit;
    const window = Math.max(this.window, Math.floor(nowMs / windowMs));
    if (window > this.window) this.used = 0;
    this.window = window;
    const leftMs = (window + 1) * windowMs - nowMs;
    const isAllowed = this.used + units <= most || this.used === 0;
    if (isAllowed) this.used += units;
    return verdict(isAllowed, most - this.used, leftMs, this.used > 0 ? leftMs : 0);
  }
}
