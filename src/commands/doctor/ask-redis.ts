import { connectRedis, isForbidden, isRefusal, pingRedis } from '../../adapters/redis/redis-connection';
import { redisFacts } from '../../adapters/redis/redis-facts';
import { redisRights } from '../../adapters/redis/redis-rights';
import type { MillraceConfig } from '../../config/config';
import type { Finding } from './finding';
import { infoRefused, redisFindings, redisRightsFindings } from './redis-findings';

/** What the servers are, and what the user may do. Throws TransientError when none answers or the password is wrong. */
export async function askRedis({ redis: options }: Pick<MillraceConfig, 'redis'>): Promise<readonly Finding[]> {
  const redis = connectRedis(options);
  try {
    const mayPing = await unless(
      isForbidden,
      pingRedis(redis).then(() => true),
    );
    const facts = await unless(isRefusal, redisFacts(redis));
    const { user = options.username, refused, ...rights } = await redisRights(redis);
    return [
      ...(facts ? redisFindings(facts) : [infoRefused(options.username)]),
      ...redisRightsFindings({ ...rights, user, refused: mayPing ? refused : ['PING', ...refused] }),
    ];
  } finally {
    redis.disconnect();
  }
}

/** `undefined` for a failure that is one of these. */
async function unless<T>(isOne: (thrown: unknown) => boolean, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    if (isOne(thrown)) return undefined;
    throw thrown;
  }
}
