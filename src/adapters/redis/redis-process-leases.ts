import type { ProcessLeases } from '../../core/ports/process-leases.port';
import { type ScriptedRedis, withScripts } from './redis-commands';
import { attempt, type RedisClient } from './redis-connection';
import { leasesKey } from './redis-keys';

/** One sorted set for all processes that share this Redis. */
export class RedisProcessLeases implements ProcessLeases {
  private readonly redis: ScriptedRedis;

  constructor(redis: RedisClient) {
    this.redis = withScripts(redis);
  }

  renew(process: string, ttlMs: number): Promise<readonly string[]> {
    return attempt('renew a lease', () => this.redis.millraceRenew(leasesKey(), process, ttlMs));
  }

  holders(): Promise<readonly string[]> {
    return attempt('list leases', () => this.redis.zrange(leasesKey(), 0, -1));
  }

  async forget(process: string): Promise<void> {
    await attempt('end a lease', () => this.redis.zrem(leasesKey(), process));
  }
}
