import type { Clock } from '../../core/ports/clock.port';
import type { RateLimiter, RateVerdict } from '../../core/ports/rate-limiter.port';
import { quotaOf, type RateLimit } from '../../core/rate-limits/rate-limit';
import { verdict } from '../../core/rate-limits/verdict';
import { type RateAnswer, type ScriptedRedis, withScripts } from './redis-commands';
import { attempt, type RedisClient } from './redis-connection';
import { rateKeys } from './redis-keys';

/** Limits that all processes share; one script for each algorithm. Time is the server's unless a clock is given. */
export class RedisRateLimiter implements RateLimiter {
  private readonly redis: ScriptedRedis;

  constructor(
    redis: RedisClient,
    private readonly clock?: Clock,
  ) {
    this.redis = withScripts(redis);
  }

  async take(name: string, units: number, limit: RateLimit): Promise<RateVerdict> {
    const [isAllowed, remaining, waitMs, resetMs] = await attempt(`count against the limit ${name}`, () =>
      this.run(name, units, limit),
    );
    return verdict(Number(isAllowed) === 1, Number(remaining), Number(waitMs), Number(resetMs));
  }

  private run(name: string, units: number, limit: RateLimit): Promise<RateAnswer> {
    const [first, second] = rateKeys(limit.algorithm, name);
    const now = this.clock?.now() ?? '';
    switch (limit.algorithm) {
      case 'fixed-window':
        return this.redis.millraceRateFixedWindow(first, units, limit.units, limit.windowMs, now);
      case 'sliding-window':
        return this.redis.millraceRateSlidingWindow(first, second, units, limit.units, limit.windowMs, now);
      case 'token-bucket':
        return this.redis.millraceRateTokenBucket(first, units, limit.units, limit.windowMs, now, quotaOf(limit));
    }
  }
}
