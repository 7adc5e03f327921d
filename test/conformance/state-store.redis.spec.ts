import { connectRedis } from '../../src/adapters/redis/redis-connection';
import { RedisLiveFeed } from '../../src/adapters/redis/redis-live-feed';
import { RedisRebuildStore } from '../../src/adapters/redis/redis-rebuild-store';
import { RedisSavepointStore } from '../../src/adapters/redis/redis-savepoint-store';
import { RedisStateStore } from '../../src/adapters/redis/redis-state-store';
import { testServers, uniqueName } from '../support/servers';
import { describeRebuildStore, type RebuildStoreUnderTest } from './rebuild-store.conformance';
import { describeSavepointStore, type SavepointStoreUnderTest } from './savepoint-store.conformance';
import { describeStateStore } from './state-store.conformance';

const redis = connectRedis({ url: testServers().redis });

beforeAll(
  () => new Promise<void>((resolve) => (redis.status === 'ready' ? resolve() : redis.once('ready', () => resolve()))),
);
afterAll(() => redis.disconnect());

const create = (): Promise<RebuildStoreUnderTest & SavepointStoreUnderTest> =>
  Promise.resolve({
    store: new RedisStateStore(redis),
    rebuilds: new RedisRebuildStore(redis),
    savepoints: new RedisSavepointStore(redis),
    feed: new RedisLiveFeed(redis, () => undefined),
    task: () => ({ pipeline: uniqueName('state'), partition: 0 }),
  });

describeStateStore('RedisStateStore', create);
describeRebuildStore('RedisRebuildStore', create);
describeSavepointStore('RedisSavepointStore', create);
