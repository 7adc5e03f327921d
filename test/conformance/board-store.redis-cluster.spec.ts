import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { RedisCluster } from '../support/redis-cluster';
import { describeBoardStore } from './board-store.conformance';
import { redisBoards } from './board-store-redis';

describeBoardStore('redis cluster', async () => {
  const cluster = await RedisCluster.start();
  const redis = connectRedis({ url: cluster.url });
  await pingRedis(redis);
  return {
    ...redisBoards(redis),
    async close() {
      redis.disconnect();
      await cluster.remove();
    },
  };
});
