import { Redis, type RedisOptions } from 'ioredis';

import { ConfigError, messageOf, TransientError } from '../../core/errors';

/** How long one command may take before it counts as failed, ms. */
const COMMAND_TIMEOUT_MS = 5_000;
const RECONNECT_MAX_MS = 2_000;
const SENTINEL_PORT = 26_379;

export interface RedisConnectionOptions {
  /** `redis://host:6379`, `rediss://...` or `redis-sentinel://host:26379,host:26379/name`. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * Connects in the background and reconnects with back-off for ever. Commands fail at once while there is no
 * connection, because the callers have their own retries and must be able to say that Redis is away.
 */
export function connectRedis({ url, username, password }: RedisConnectionOptions): Redis {
  const options: RedisOptions = {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), RECONNECT_MAX_MS),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
  const redis = /^rediss?:/.test(url) ? new Redis(url, options) : new Redis({ ...options, ...sentinelsOf(url) });
  // Each failed command rejects by itself; without a listener the same error would end the process.
  redis.on('error', () => undefined);
  return redis;
}

function sentinelsOf(url: string): RedisOptions {
  const match = /^redis-sentinel:\/\/([^/]+)\/(.+)$/.exec(url);
  if (!match) {
    throw new ConfigError(
      `MILLRACE_REDIS_URL: ${url.split(':')[0]}:// is not supported by this version; use redis://, rediss:// or ` +
        'redis-sentinel://host:26379,host:26379/name',
    );
  }
  const sentinels = match[1]!.split(',').map((place) => {
    const [host = '', port] = place.split(':');
    return { host, port: port === undefined ? SENTINEL_PORT : Number(port) };
  });
  return { sentinels, name: match[2]! };
}

/** Runs a command and turns any failure of it into a TransientError that says what was tried. */
export async function attempt<T>(what: string, command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw new TransientError(`Redis did not ${what}: ${messageOf(error)}`, { cause: error });
  }
}

/** Waits for the first connection, so that a service that has just started does not call Redis away. */
export async function pingRedis(redis: Redis): Promise<void> {
  if (redis.status === 'connecting' || redis.status === 'connect') await firstChange(redis);
  await attempt('answer', () => redis.ping());
}

function firstChange(redis: Redis): Promise<void> {
  return new Promise((resolve) => {
    const events = ['ready', 'close'] as const;
    const done = (): void => {
      for (const event of events) redis.off(event, done);
      resolve();
    };
    for (const event of events) redis.once(event, done);
  });
}
