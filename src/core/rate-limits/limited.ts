import { FixedWindow } from './fixed-window';
import type { RateLimit } from './rate-limit';
import { SlidingWindow } from './sliding-window';
import { TokenBucket } from './token-bucket';
import type { Limited } from './verdict';

/** A limit of which nothing is used yet. */
export function limitedBy(limit: RateLimit, nowMs: number): Limited {
  switch (limit.algorithm) {
    case 'fixed-window':
      return new FixedWindow(limit);
    case 'sliding-window':
      return new SlidingWindow(limit);
    case 'token-bucket':
      return new TokenBucket(limit, nowMs);
  }
}
