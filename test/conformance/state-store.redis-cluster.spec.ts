import { connectRedis, pingRedis, type RedisClient } from '../../src/adapters/redis/redis-connection';
import { RedisLiveFeed } from '../../src/adapters/redis/redis-live-feed';
import { RedisRebuildStore } from '../../src/adapters/redis/redis-rebuild-store';
import { RedisSavepointStore } from '../../src/adapters/redis/redis-savepoint-store';
import { RedisStateStore } from '../../src/adapters/redis/redis-state-store';
import { RedisCluster } from '../support/redis-cluster';
import { uniqueName } from '../support/servers';
import { deployed } from '../support/store-samples';
import { describeSavepointStore } from './savepoint-store.conformance';
import { describeStateStore } from './state-store.conformance';

let cluster: RedisCluster;
let redis: RedisClient;

beforeAll(async () => {
  cluster = await RedisCluster.start();
  redis = connectRedis({ url: cluster.url });
  await pingRedis(redis);
});
afterAll(async () => {
  redis.disconnect();
  await cluster.remove();
});

describeStateStore('RedisStateStore on a cluster', () =>
  Promise.resolve({
    store: new RedisStateStore(redis),
    rebuilds: new RedisRebuildStore(redis),
    feed: new RedisLiveFeed(redis, () => undefined),
    task: () => ({ pipeline: uniqueName('state'), partition: 0 }),
  }),
);

describeSavepointStore('RedisSavepointStore on a cluster', () =>
  Promise.resolve({
    store: new RedisStateStore(redis),
    savepoints: new RedisSavepointStore(redis),
    feed: new RedisLiveFeed(redis, () => undefined),
    task: () => ({ pipeline: uniqueName('state'), partition: 0 }),
  }),
);

it('refuses a rebuild, which would have to swap the state of tasks that lie on several servers', async () => {
  const [store, pipeline] = [new RedisStateStore(redis), uniqueName('state')];
  await store.deploy(pipeline, deployed(10n, 'f1'));
  await expect(new RedisRebuildStore(redis).begin(pipeline, 20n, 1)).rejects.toThrow(`millrace reset ${pipeline}`);
  expect(await store.deployment(pipeline)).toEqual(deployed(10n, 'f1'));
});
