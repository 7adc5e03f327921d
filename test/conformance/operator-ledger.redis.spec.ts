import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { replayedKey, resumesKey } from '../../src/adapters/redis/redis-keys';
import { RedisOperatorLedger } from '../../src/adapters/redis/redis-operator-ledger';
import { testServers, uniqueName } from '../support/servers';
import { describeOperatorLedger } from './operator-ledger.conformance';

describeOperatorLedger('redis', async () => {
  const redis = connectRedis({ url: testServers().redis });
  await pingRedis(redis);
  const pipelines: string[] = [];
  return {
    ledger: new RedisOperatorLedger(redis),
    newPipeline: () => pipelines[pipelines.push(uniqueName('pipeline')) - 1]!,
    async close() {
      for (const pipeline of pipelines) await redis.del(resumesKey(pipeline), replayedKey(pipeline));
      redis.disconnect();
    },
  };
});
