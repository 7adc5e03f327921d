import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { RedisSnapshotStore } from '../../src/adapters/redis/redis-snapshot-store';
import { testServers, uniqueName } from '../support/servers';
import { describeSnapshotStore } from './snapshot-store.conformance';

describeSnapshotStore('redis', async () => {
  const redis = connectRedis({ url: testServers().redis });
  await pingRedis(redis);
  return {
    store: new RedisSnapshotStore(redis),
    newPipeline: () => uniqueName('history'),
    close: () => Promise.resolve(redis.disconnect()),
  };
});
