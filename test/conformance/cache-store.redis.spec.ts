import { RedisCacheStore } from '../../src/adapters/redis/redis-cache-store';
import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { cacheKeys } from '../../src/adapters/redis/redis-keys';
import { testServers } from '../support/servers';
import { waitUntil } from '../support/wait-until';
import { describeCacheStore } from './cache-store.conformance';

describeCacheStore('redis', async () => {
  const redis = connectRedis({ url: testServers().redis });
  await pingRedis(redis);
  return {
    store: new RedisCacheStore(redis),
    lapse: async (key) => {
      const { text, lock } = cacheKeys(key);
      await waitUntil('the key lapses', async () => (await redis.exists(text, lock)) === 0);
    },
    close: () => Promise.resolve(redis.disconnect()),
  };
});
