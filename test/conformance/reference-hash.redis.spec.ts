import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { RedisReferenceHash } from '../../src/adapters/redis/redis-reference-hash';
import { TransientError } from '../../src/core/errors';
import { testServers, uniqueName } from '../support/servers';
import { describeReferenceHash } from './reference-hash.conformance';

const redis = connectRedis({ url: testServers().redis });
const hash = new RedisReferenceHash(redis);
const names: string[] = [];
const newName = (): string => names[names.push(uniqueName('table')) - 1]!;

afterAll(async () => {
  for (const name of names) await redis.del(name);
  redis.disconnect();
});

describeReferenceHash('redis', async () => {
  await pingRedis(redis);
  return {
    ...{ hash, newName },
    put: async (name, field, text) => void (await redis.hset(name, field, text)),
    close: () => Promise.resolve(),
  };
});

describe('RedisReferenceHash', () => {
  it('waits for a key that holds something else to be put right', async () => {
    const name = newName();
    await redis.set(name, 'a text');
    const read = hash.read(name, ['a']);
    await expect(read).rejects.toThrow(TransientError);
    await expect(read).rejects.toThrow(new RegExp(`Redis did not read the hash ${name}: WRONGTYPE`));
  });
});
