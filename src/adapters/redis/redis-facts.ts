import type { Redis } from 'ioredis';
import { TransientError } from '../../core/errors';
import type { ServerMemory } from '../../runtime/ports';
import { attempt, isRefusal, mastersOf, pingRedis, type RedisClient } from './redis-connection';

/** What operators need to know of a Redis server; of the worst one in a cluster. */
export interface RedisFacts {
  readonly version: string;
  readonly maxmemoryPolicy: string | undefined;
  /** Bytes; 0 for no limit. */
  readonly maxmemory: number;
  readonly appendOnly: boolean;
}

/** Asks `INFO`, which needs no permission beyond reading. Throws TransientError. */
export async function redisFacts(redis: RedisClient): Promise<RedisFacts> {
  const each = await Promise.all(mastersOf(redis).map(factsOf));
  const limits = each.map(({ maxmemory }) => maxmemory).filter((bytes) => bytes > 0);
  return {
    version: each.map(({ version }) => version).sort(byVersion)[0] ?? '0',
    maxmemoryPolicy: (each.find(({ maxmemoryPolicy }) => maxmemoryPolicy !== 'noeviction') ?? each[0])?.maxmemoryPolicy,
    maxmemory: limits.length === 0 ? 0 : Math.min(...limits),
    appendOnly: each.every(({ appendOnly }) => appendOnly),
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

function refuseEviction({ maxmemoryPolicy = '', maxmemory }: Pick<RedisFacts, 'maxmemoryPolicy' | 'maxmemory'>): void {
  if (maxmemory === 0 || !maxmemoryPolicy.startsWith('allkeys-')) return;
  throw new TransientError(
    `maxmemory-policy is ${maxmemoryPolicy}: Redis would drop state and offsets to make room. Say CONFIG SET ` +
      'maxmemory-policy noeviction, and write it in redis.conf. If evicted_keys of INFO stats is not 0, start the pipelines anew.',
  );
}

async function factsOf(redis: Redis): Promise<RedisFacts & { readonly usedMemory: number }> {
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
