import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { RedisFeedLedger } from '../../src/adapters/redis/redis-feed-ledger';
import { feedKey } from '../../src/adapters/redis/redis-keys';
import { testServers, uniqueName } from '../support/servers';
import { describeFeedLedger } from './feed-ledger.conformance';

describeFeedLedger('redis', async () => {
  const redis = connectRedis({ url: testServers().redis });
  await pingRedis(redis);
  const feeds: string[] = [];
  return {
    ledger: new RedisFeedLedger(redis),
    newFeed: () => feeds[feeds.push(uniqueName('feed')) - 1]!,
    async close() {
      for (const feed of feeds) await redis.del(feedKey(feed));
      redis.disconnect();
    },
  };
});
