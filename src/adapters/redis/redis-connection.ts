import type { ConnectionOptions } from 'node:tls';

import { Cluster, Redis, type RedisOptions, ReplyError } from 'ioredis';

import { messageOf, TransientError } from '../../core/errors';
import { redisRemedy } from './redis-remedy';
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
  /** TLS, also where the URL does not ask for it. */
  readonly ssl?: ConnectionOptions | undefined;
}

interface Contact {
  /** `host:port` of each server that was named. */
  readonly where: string;
  /** Why the connection broke: a command that finds none tells only that. */
  lastError: Error | undefined;
}

const contacts = new WeakMap<RedisClient, Contact>();

/**
 * Connects in the background and reconnects with back-off for ever. Commands fail at once while there is no
 * connection, because the callers have their own retries and must be able to say that Redis is away.
 * Throws ConfigError when the URL cannot be understood.
 */
export function connectRedis({ url, username, password, ssl }: RedisConnectionOptions): RedisClient {
  const options: RedisOptions = {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: reconnectMs,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
  const places = redisPlaces(url);
  const redis = connectTo(places, options, ssl);
  const contact: Contact = { where: whereOf(places), lastError: undefined };
  contacts.set(redis, contact);
  // Each failed command rejects by itself; without a listener the same error would end the process.
  redis.on('error', (error: Error) => {
    // What becomes of the commands under way is no reason.
    if (error.name !== 'MaxRetriesPerRequestError') contact.lastError = error;
  });
  redis.on('ready', () => (contact.lastError = undefined));
  return redis;
}

function connectTo(places: RedisPlace, options: RedisOptions, ssl: ConnectionOptions | undefined): RedisClient {
  const tls = ssl ?? (places.tls ? {} : undefined);
  switch (places.kind) {
    case 'server':
      return new Redis(places.url, { ...options, ...(tls && { tls }) });
    case 'sentinel':
      return new Redis({
        ...options,
        ...{ sentinels: [...places.nodes], name: places.name },
        ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
      });
    case 'cluster':
      return new Cluster([...places.nodes], {
        enableOfflineQueue: false,
        clusterRetryStrategy: reconnectMs,
        redisOptions: { ...options, ...(tls && { tls }) },
        // The certificate names the host, not its address.
        ...(tls && { dnsLookup: (host, done) => done(null, host) }),
      });
  }
}

function whereOf(places: RedisPlace): string {
  if (places.kind === 'server') return new URL(places.url).host;
  return places.nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
}

function reconnectMs(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 6), RECONNECT_MAX_MS);
}

/** Runs a command and turns any failure of it into a TransientError that says what was tried. */
export async function attempt<T>(what: string, command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw notDone(what, error);
  }
}

function notDone(what: string, error: unknown): TransientError {
  const remedy = redisRemedy(error);
  const text = `Redis did not ${what}: ${messageOf(error)}${remedy === undefined ? '' : `; ${remedy}`}`;
  return new TransientError(text, { cause: error });
}

/** Whether the server itself refused a command, as one that the user may not use. */
export function isRefusal(error: unknown): boolean {
  const cause = error instanceof TransientError ? error.cause : error;
  return cause instanceof (ReplyError as new () => Error);
}

/** Whether the server refused a command because this user lacks the right, and not for what it knows of the password. */
export function isForbidden(error: unknown): boolean {
  const cause = error instanceof TransientError ? error.cause : error;
  return isRefusal(error) && messageOf(cause).startsWith('NOPERM ');
}

/**
 * Resolves when every server that holds keys answers. Waits for the first connection, so that a service that has just
 * started does not call Redis away. Throws TransientError.
 */
export async function pingRedis(redis: RedisClient): Promise<void> {
  if (redis.status === 'connecting' || redis.status === 'connect') await firstChange(redis);
  try {
    await redis.ping();
    if (redis instanceof Cluster) await checkCluster(redis);
  } catch (error) {
    const contact = contacts.get(redis);
    const reason = redis.status === 'ready' ? error : (contact?.lastError ?? error);
    throw notDone(contact === undefined ? 'answer' : `answer at ${contact.where}`, reason);
  }
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
