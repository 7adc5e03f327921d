import { Cluster, Redis, type RedisOptions, ReplyError } from 'ioredis';

import { messageOf, TransientError } from '../../core/errors';
import { type RedisPlace, redisPlaces } from './redis-url';

/** How long one command may take before it counts as failed, ms. */
const COMMAND_TIMEOUT_MS = 5_000;
const RECONNECT_MAX_MS = 2_000;

/** One server, found by its address or by Sentinels, or a cluster of them. */
export type RedisClient = Redis | Cluster;

export interface RedisConnectionOptions {
  /** As {@link redisPlaces} reads it. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * Connects in the background and reconnects with back-off for ever. Commands fail at once while there is no
 * connection, because the callers have their own retries and must be able to say that Redis is away.
 * Throws ConfigError when the URL cannot be understood.
 */
export function connectRedis({ url, username, password }: RedisConnectionOptions): RedisClient {
  const options: RedisOptions = {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: reconnectMs,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
  const redis = connectTo(redisPlaces(url), options);
  // Each failed command rejects by itself; without a listener the same error would end the process.
  redis.on('error', () => undefined);
  return redis;
}

function connectTo(places: RedisPlace, options: RedisOptions): RedisClient {
  switch (places.kind) {
    case 'server':
      return new Redis(places.url, options);
    case 'sentinel':
      return new Redis({
        ...options,
        ...{ sentinels: [...places.nodes], name: places.name },
        ...(places.tls && { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }),
      });
    case 'cluster':
      return new Cluster([...places.nodes], {
        enableOfflineQueue: false,
        clusterRetryStrategy: reconnectMs,
        redisOptions: { ...options, ...(places.tls && { tls: {} }) },
        // The certificate names the host, not its address.
        ...(places.tls && { dnsLookup: (host, done) => done(null, host) }),
      });
  }
}

function reconnectMs(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 6), RECONNECT_MAX_MS);
}

/** Runs a command and turns any failure of it into a TransientError that says what was tried. */
export async function attempt<T>(what: string, command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw new TransientError(`Redis did not ${what}: ${messageOf(error)}`, { cause: error });
  }
}

/** Whether the server itself refused a command, as one that the user may not use. */
export function isRefusal(error: unknown): boolean {
  const cause = error instanceof TransientError ? error.cause : error;
  return cause instanceof (ReplyError as new () => Error);
}

/**
 * Resolves when every server that holds keys answers. Waits for the first connection, so that a service that has just
 * started does not call Redis away. Throws TransientError.
 */
export async function pingRedis(redis: RedisClient): Promise<void> {
  if (redis.status === 'connecting' || redis.status === 'connect') await firstChange(redis);
  await attempt('answer', async () => {
    await redis.ping();
    if (redis instanceof Cluster) await checkCluster(redis);
  });
}

/** The servers that hold keys. */
export function mastersOf(redis: RedisClient): readonly Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis];
}

/** A cluster of which a part is away answers for the rest. */
async function checkCluster(cluster: Cluster): Promise<void> {
  await Promise.all(mastersOf(cluster).map((master) => master.ping()));
  const state = /^cluster_state:(\w+)/m.exec(await cluster.cluster('INFO'))?.[1];
  if (state !== 'ok') throw new Error(`cluster_state is ${state}`);
}

function firstChange(redis: RedisClient): Promise<void> {
  return new Promise((resolve) => {
    const events = ['ready', 'close'] as const;
    const done = (): void => {
      for (const event of events) redis.off(event, done);
      resolve();
    };
    for (const event of events) redis.once(event, done);
  });
}
