import type { Redis } from 'ioredis';
import { TransientError } from '../../core/errors';
import type { ServerMemory } from '../../runtime/ports';
import { attempt, isRefusal, mastersOf, pingRedis, type RedisClient } from './redis-connection';

/** What operators need to know of a Redis server; of the worst one in a cluster. */
export interface RedisFacts {
  readonly version: string;
  /** Of all servers of a cluster, each once; the oldest first. */
  readonly versions: readonly string[];
  readonly maxmemoryPolicy: string | undefined;
  /** Bytes; 0 for no limit. */
  readonly maxmemory: number;
  readonly appendOnly: boolean;
  /** By how much the clock of a server is ahead of ours, ms; of the server where that is most, either way. */
  readonly clockAheadMs: number;
}

/** Asks `INFO`, which needs no permission beyond reading. Throws TransientError. */
export async function redisFacts(redis: RedisClient): Promise<RedisFacts> {
  const each = await Promise.all(mastersOf(redis).map(factsOf));
  const versions = [...new Set(each.map(({ version }) => version))].sort(byVersion);
  const limits = each.map(({ maxmemory }) => maxmemory).filter((bytes) => bytes > 0);
  return {
    version: versions[0] ?? '0',
    versions,
    maxmemoryPolicy: (each.find(({ maxmemoryPolicy }) => maxmemoryPolicy !== 'noeviction') ?? each[0])?.maxmemoryPolicy,
    maxmemory: limits.length === 0 ? 0 : Math.min(...limits),
    appendOnly: each.every(({ appendOnly }) => appendOnly),
    clockAheadMs:
      (await Promise.all(mastersOf(redis).map(clockAheadMs))).sort((a, b) => Math.abs(b) - Math.abs(a))[0] ?? 0,
  };
}

/**
 * Resolves when Redis answers and keeps what it is given. Throws TransientError when it is away, or would drop state and
 * offsets to make room, which nothing could notice later. Returns the memory of the server that is fullest, if we may ask.
 */
export async function checkRedis(redis: RedisClient): Promise<ServerMemory | undefined> {
  await pingRedis(redis);
  let fullest: ServerMemory | undefined;
  for (const master of mastersOf(redis)) {
    const facts = await factsOf(master).catch((error: unknown) => {
      // Who may not ask is taken at the operator's word.
      if (isRefusal(error)) return undefined;
      throw error;
    });
    if (!facts) continue;
    refuseEviction(facts);
    const memory = { usedBytes: facts.usedMemory, maxBytes: facts.maxmemory };
    if (!fullest || fillOf(memory) > fillOf(fullest)) fullest = memory;
  }
  return fullest;
}

function fillOf({ usedBytes, maxBytes }: ServerMemory): number {
  return maxBytes === 0 ? 0 : usedBytes / maxBytes;
}

function refuseEviction({ maxmemoryPolicy = '', maxmemory }: ServerFacts): void {
  if (maxmemory === 0 || !maxmemoryPolicy.startsWith('allkeys-')) return;
  throw new TransientError(
    `maxmemory-policy is ${maxmemoryPolicy}: Redis would drop state and offsets to make room. Say CONFIG SET ` +
      'maxmemory-policy noeviction, and write it in redis.conf. If evicted_keys of INFO stats is not 0, start the pipelines anew.',
  );
}

/** As if the answer had been given half way between question and answer. */
async function clockAheadMs(redis: Redis): Promise<number> {
  const askedMs = Date.now();
  const [seconds, microseconds] = await attempt('tell the time', () => redis.time());
  const answeredMs = Date.now();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000) - (askedMs + answeredMs) / 2;
}

type ServerFacts = Omit<RedisFacts, 'versions' | 'clockAheadMs'> & { readonly usedMemory: number };

async function factsOf(redis: Redis): Promise<ServerFacts> {
  const text = await attempt('answer INFO', () => redis.info());
  const info = new Map(text.split(/\r?\n/).map((line) => line.split(/:(.*)/, 2) as [string, string]));
  return {
    version: info.get('redis_version') ?? '0',
    maxmemoryPolicy: info.get('maxmemory_policy'),
    maxmemory: Number(info.get('maxmemory') ?? 0),
    usedMemory: Number(info.get('used_memory') ?? 0),
    appendOnly: info.get('aof_enabled') === '1',
  };
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
