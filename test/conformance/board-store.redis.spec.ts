import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { testServers } from '../support/servers';
import { describeBoardStore } from './board-store.conformance';
import { redisBoards } from './board-store-redis';

describeBoardStore('redis', async () => {
  const redis = connectRedis({ url: testServers().redis });
  await pingRedis(redis);
  return { ...redisBoards(redis), close: () => Promise.resolve(redis.disconnect()) };
});
