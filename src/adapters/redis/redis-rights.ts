import { messageOf, TransientError } from '../../core/errors';
import { type ScriptedRedis, withScripts } from './redis-commands';
import { attempt, isRefusal, mastersOf, type RedisClient } from './redis-connection';
import { taskKeys } from './redis-keys';

/** What a user of Redis may not do. */
export interface RedisRights {
  /** The user that this service is, as `ACL WHOAMI` says; `undefined` where it does not. */
  readonly user: string | undefined;
  /** Names of commands that are refused, such as `XADD`. */
  readonly refused: readonly string[];
  /** Whether keys as Millrace names them are refused, whatever the command. */
  readonly refusesKeys: boolean;
  /** Whether it may not be told what wakes followers of the live feed: they look once a second then. */
  readonly refusesChannel: boolean;
}

/** No pipeline's name has a `!`. */
const PROBE = { pipeline: 'doctor!', partition: 0 };

/**
 * Tries every command on two keys of the form that tasks have, which are gone afterwards. Throws TransientError when Redis
 * does not answer.
 */
export async function redisRights(redis: RedisClient): Promise<RedisRights> {
  const client = withScripts(redis);
  const user = await client
    .call('ACL', 'WHOAMI')
    .then(String)
    .catch((thrown: unknown) => ifRefused(thrown, undefined));
  const [refused, refusesChannel] = await Promise.all([tried(client), isDeafTo(redis, taskKeys(PROBE).feed)]);
  const ofKeys = refused.filter((line) => /\bkeys?\b/.test(line));
  const refusesKeys = ofKeys.length > 0;
  const names = refused.map((line) => line.split(' ', 1)[0]!).filter((name) => name !== 'PUBLISH');
  return { user, refused: refusesKeys ? [] : [...new Set(names)], refusesKeys, refusesChannel };
}

async function tried(redis: ScriptedRedis): Promise<readonly string[]> {
  const { task, feed } = taskKeys(PROBE);
  try {
    return await redis.millraceRights(task, feed);
  } catch (thrown) {
    // Who may not use scripts may not do anything.
    return ifRefused(thrown, [`EVALSHA ${messageOf(thrown)}`]);
  }
}

/** Listening takes a connection of its own. */
async function isDeafTo(redis: RedisClient, channel: string): Promise<boolean> {
  const connection = mastersOf(redis)[0]!.duplicate();
  connection.on('error', () => undefined);
  try {
    await new Promise<void>((resolve) => connection.once('ready', resolve).once('close', resolve));
    await attempt('let a channel be listened to', () => connection.subscribe(channel));
    return false;
  } catch (thrown) {
    return ifRefused(thrown, true);
  } finally {
    connection.disconnect();
  }
}

function ifRefused<T>(thrown: unknown, value: T): T {
  if (isRefusal(thrown)) return value;
  throw thrown instanceof TransientError ? thrown : new TransientError(messageOf(thrown), { cause: thrown });
}
