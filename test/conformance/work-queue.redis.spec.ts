import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { RedisWorkQueue } from '../../src/adapters/redis/redis-work-queue';
import { testServers, uniqueName } from '../support/servers';
import { describeWorkQueue } from './work-queue.conformance';

describeWorkQueue('redis', async () => {
  const connections = [0, 1].map(() => connectRedis({ url: testServers().redis }));
  await Promise.all(connections.map(pingRedis));
  return {
    open(bounds) {
      const name = uniqueName('queue');
      const [first, second] = connections.map((redis) => new RedisWorkQueue(redis, name, bounds));
      return [first!, second!];
    },
    close: () => Promise.resolve(connections.forEach((redis) => redis.disconnect())),
  };
});
