import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { RedisRateLimiter } from '../../src/adapters/redis/redis-rate-limiter';
import { RATE_ALGORITHMS } from '../../src/core/rate-limits/rate-limit';
import { testServers, uniqueName } from '../support/servers';
import { describeRateLimiter } from './rate-limiter.conformance';

const connected = async () => {
  const redis = connectRedis({ url: testServers().redis });
  await pingRedis(redis);
  return redis;
};

describeRateLimiter('redis', async () => {
  const clock = { nowMs: 0 };
  const connections = [await connected(), await connected()] as const;
  const limiters = connections.map((redis) => new RedisRateLimiter(redis, { now: () => clock.nowMs }));
  return {
    limiters: [limiters[0]!, limiters[1]!],
    clock,
    newName: () => uniqueName('limit'),
    close: () => Promise.resolve(connections.forEach((redis) => redis.disconnect())),
  };
});

describe('RedisRateLimiter', () => {
  it.each(RATE_ALGORITHMS)("keeps to the server's clock and forgets what is free again: %s", async (algorithm) => {
    const redis = await connected();
    const limiter = new RedisRateLimiter(redis);
    const name = uniqueName('limit');
    const limit = { algorithm, units: 5, windowMs: 3_600_000 };
    for (let i = 0; i < 5; i++) expect(await limiter.take(name, 1, limit)).toMatchObject({ remaining: 4 - i });
    const refused = await limiter.take(name, 5, limit);
    expect(refused.isAllowed).toBe(false);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(3_603_600);
    const keys = await redis.keys(`millrace:rate:{${name}}:*`);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
    redis.disconnect();
  });
});
