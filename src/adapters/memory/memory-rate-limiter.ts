import type { Clock } from '../../core/ports/clock.port';
import type { RateLimiter, RateVerdict } from '../../core/ports/rate-limiter.port';
import { limitedBy } from '../../core/rate-limits/limited';
import type { RateLimit } from '../../core/rate-limits/rate-limit';
import type { Limited } from '../../core/rate-limits/verdict';
import { RecentlyUsed } from '../../core/recently-used';

/** Beyond this many names the one that was not used for longest is forgotten. */
const MAX_NAMES = 100_000;

/** Limits of this process alone. */
export class MemoryRateLimiter implements RateLimiter {
  /** By limit and name, as JSON. */
  private readonly used = new RecentlyUsed<string, Limited>(MAX_NAMES, (key) => {
    const [limit] = JSON.parse(key) as [RateLimit, string];
    return limitedBy(limit, this.clock.now());
  });

  constructor(private readonly clock: Clock) {}

  take(name: string, units: number, limit: RateLimit): Promise<RateVerdict> {
    return Promise.resolve(this.used.get(JSON.stringify([limit, name])).take(units, this.clock.now()));
  }
}
