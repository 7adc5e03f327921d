import { connectRedis, pingRedis, type RedisClient } from '../../src/adapters/redis/redis-connection';
import { RedisLiveFeed } from '../../src/adapters/redis/redis-live-feed';
import { RedisRebuildStore } from '../../src/adapters/redis/redis-rebuild-store';
import { RedisSavepointStore } from '../../src/adapters/redis/redis-savepoint-store';
import { RedisStateStore } from '../../src/adapters/redis/redis-state-store';
import { RedisCluster } from '../support/redis-cluster';
import { RedisProcess } from '../support/redis-process';
import { uniqueName } from '../support/servers';
import { StoreOwner } from '../support/store-owner';
import { bytes, delta, deployed, plain, progress } from '../support/store-samples';
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

it('takes the state of a single server over, entry by entry', async () => {
  const single = await RedisProcess.reserve();
  single.start();
  await single.command('PING');
  const from = connectRedis({ url: single.url });
  await pingRedis(from);
  const task = { pipeline: uniqueName('state'), partition: 0 };
  const upserts = Array.from({ length: 300 }, (_, i) => ({
    segment: `s${i % 3}`,
    entry: `e${i}`,
    value: bytes(i % 256),
  }));
  await (await StoreOwner.claim(new RedisStateStore(from), task)).commit(delta({ upserts }));
  const [store, savepoints] = [new RedisStateStore(redis), new RedisSavepointStore(redis)];
  for await (const part of new RedisSavepointStore(from).copyOf(task)) await savepoints.stage(task, 'load', part);
  from.disconnect();
  await single.remove();
  await savepoints.adopt(task, 'load', 2n);
  expect((await store.claim(task, 'next')).checkpoint).toMatchObject({ generation: 2n, progress });
  expect(plain(await store.load(task, upserts))).toEqual(upserts.map(({ value }) => [...value]));
});
