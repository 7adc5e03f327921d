import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { RedisIdempotencyStore } from '../../src/adapters/redis/redis-idempotency-store';
import { testServers, uniqueName } from '../support/servers';
import { describeIdempotencyStore } from './idempotency-store.conformance';

describeIdempotencyStore('redis', async () => {
  const redis = connectRedis({ url: testServers().redis });
  await pingRedis(redis);
  const keys: string[] = [];
  return {
    store: new RedisIdempotencyStore(redis),
    newKey: () => keys[keys.push(uniqueName('idempotency')) - 1]!,
    keptMs: (key) => redis.pttl(`millrace:idempotency:${key}`),
    async close() {
      for (const key of keys) await redis.del(`millrace:idempotency:${key}`);
      redis.disconnect();
    },
  };
});
