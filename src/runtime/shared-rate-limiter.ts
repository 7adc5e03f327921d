import { TransientError } from '../core/errors';
import type { RateLimiter, RateVerdict } from '../core/ports/rate-limiter.port';
import type { RateLimit } from '../core/rate-limits/rate-limit';

/** Limits of all processes together; while what they share is away, each process keeps to the limits by itself. */
export class SharedRateLimiter implements RateLimiter {
  constructor(
    private readonly shared: RateLimiter,
    private readonly own: RateLimiter,
  ) {}

  async take(name: string, units: number, limit: RateLimit): Promise<RateVerdict> {
    try {
      return await this.shared.take(name, units, limit);
    } catch (error) {
      if (error instanceof TransientError) return this.own.take(name, units, limit);
      throw error;
    }
  }
}
