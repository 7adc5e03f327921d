import type { Redis } from 'ioredis';
import { attempt } from './redis-connection';

/** What operators need to know of a Redis server. */
export interface RedisFacts {
  readonly version: string;
  readonly maxmemoryPolicy: string | undefined;
  /** Bytes; 0 for no limit. */
  readonly maxmemory: number;
  readonly appendOnly: boolean;
}

/** Asks `INFO`, which needs no permission beyond reading. Throws TransientError. */
export async function redisFacts(redis: Redis): Promise<RedisFacts> {
  const text = await attempt('answer INFO', () => redis.info());
  const info = new Map(text.split(/\r?\n/).map((line) => line.split(/:(.*)/, 2) as [string, string]));
  return {
    version: info.get('redis_version') ?? '0',
    maxmemoryPolicy: info.get('maxmemory_policy'),
    maxmemory: Number(info.get('maxmemory') ?? 0),
    appendOnly: info.get('aof_enabled') === '1',
  };
}
