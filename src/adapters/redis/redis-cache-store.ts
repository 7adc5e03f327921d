import type { CacheLook, CacheStore } from '../../core/ports/cache-store.port';
import { type ScriptedRedis, withScripts } from './redis-commands';
import { attempt, type RedisClient } from './redis-connection';
import { cacheKeys } from './redis-keys';

/**
 * Each key is a text and a lock in one slot. A failover to a replica that lags may bring back a text that a write had
 * dropped: it lives no longer than its time to live.
 */
export class RedisCacheStore implements CacheStore {
  private readonly redis: ScriptedRedis;

  constructor(redis: RedisClient) {
    this.redis = withScripts(redis);
  }

  look(key: string, id: string, lockMs: number): Promise<CacheLook> {
    const { text, lock } = cacheKeys(key);
    return attempt('look up a cached partition', async () => {
      const [kind, found] = await this.redis.millraceLook(text, lock, id, lockMs);
      if (kind === 'value') return { kind, text: found };
      return kind === 'fill' ? { kind } : { kind: 'wait', holder: found };
    });
  }

  async fill(key: string, id: string, value: string, ttlMs: number): Promise<boolean> {
    const { text, lock } = cacheKeys(key);
    return attempt(
      'cache a partition',
      async () => (await this.redis.millraceFill(text, lock, id, ttlMs, value)) === 1,
    );
  }

  async release(key: string, id: string): Promise<void> {
    await this.fill(key, id, '', 0);
  }

  async invalidate(keys: readonly string[]): Promise<void> {
    await attempt('drop cached partitions', () =>
      Promise.all(keys.map(cacheKeys).map(({ text, lock }) => this.redis.del(text, lock))),
    );
  }
}
