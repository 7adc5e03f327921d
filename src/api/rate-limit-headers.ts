import type { RateVerdict } from '../core/ports/rate-limiter.port';
import { quotaOf, type RateLimit } from '../core/rate-limits/rate-limit';

/**
 * What a client may still ask, in whole seconds, rounded up. Fields of draft-ietf-httpapi-ratelimit-headers-10, and those of
 * its version 06, which more clients know. A refusal has `Retry-After` too.
 */
export function rateLimitHeaders(
  name: string,
  limit: RateLimit,
  { isAllowed, remaining, retryAfterMs, resetMs }: RateVerdict,
): Readonly<Record<string, string>> {
  const reset = seconds(resetMs);
  return {
    'RateLimit-Policy': `"${name}";q=${limit.units};w=${seconds(limit.windowMs)}`,
    RateLimit: `"${name}";r=${remaining};t=${reset}`,
    'RateLimit-Limit': String(quotaOf(limit)),
    'RateLimit-Remaining': String(remaining),
    'RateLimit-Reset': String(reset),
    ...(!isAllowed && { 'Retry-After': String(seconds(retryAfterMs)) }),
  };
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
