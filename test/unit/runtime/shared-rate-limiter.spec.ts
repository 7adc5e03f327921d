import { MemoryRateLimiter } from '../../../src/adapters/memory/memory-rate-limiter';
import { TransientError } from '../../../src/core/errors';
import type { RateLimit } from '../../../src/core/rate-limits/rate-limit';
import { SharedRateLimiter } from '../../../src/runtime/shared-rate-limiter';

const LIMIT: RateLimit = { algorithm: 'fixed-window', units: 2, windowMs: 1_000 };

describe('a limit that processes share', () => {
  it('holds in each process by itself while what they share is away', async () => {
    const clock = { now: () => 0 };
    const shared = new MemoryRateLimiter(clock);
    let isAway = false;
    const take: MemoryRateLimiter['take'] = (...asked) =>
      isAway ? Promise.reject(new TransientError('Redis is away')) : shared.take(...asked);
    const [first, second] = [0, 1].map(() => new SharedRateLimiter({ take }, new MemoryRateLimiter(clock)));
    const passes = async (limiter = first): Promise<boolean> => (await limiter!.take('x', 1, LIMIT)).isAllowed;
    expect([await passes(first), await passes(second), await passes(first)]).toEqual([true, true, false]);
    isAway = true;
    expect([await passes(first), await passes(first), await passes(first)]).toEqual([true, true, false]);
    expect(await passes(second)).toBe(true);
  });

  it('lets other errors through', async () => {
    const broken = { take: () => Promise.reject(new Error('a fault of ours')) };
    const limiter = new SharedRateLimiter(broken, new MemoryRateLimiter({ now: () => 0 }));
    await expect(limiter.take('x', 1, LIMIT)).rejects.toThrow('a fault of ours');
  });
});
