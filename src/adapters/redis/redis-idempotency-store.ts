import {
  ANSWER_KEPT_MS,
  RESERVED_MS,
  type IdempotencyState,
  type IdempotencyStore,
} from '../../core/ports/idempotency-store.port';
import { attempt, type RedisClient } from './redis-connection';

/** One text for each key: the state as JSON. Redis drops it when its time is over. */
export class RedisIdempotencyStore implements IdempotencyStore {
  constructor(private readonly redis: RedisClient) {}

  begin(key: string, fingerprint: string): Promise<IdempotencyState> {
    const running = JSON.stringify({ state: 'running', fingerprint } satisfies IdempotencyState);
    return attempt('reserve an idempotency key', async () => {
      // NX with GET (Redis 7) would do it in one step; Redis 6.2 has only one or the other.
      const reserved = await this.redis.set(redisKey(key), running, 'PX', RESERVED_MS, 'NX');
      if (reserved !== null) return { state: 'new' };
      const known = await this.redis.get(redisKey(key));
      // Its time ran out between the two commands: the caller tries again soon, as for a request that runs.
      return known === null ? { state: 'running', fingerprint } : (JSON.parse(known) as IdempotencyState);
    });
  }

  async complete(key: string, fingerprint: string, answer: string): Promise<void> {
    const done = JSON.stringify({ state: 'done', fingerprint, answer } satisfies IdempotencyState);
    await attempt('keep an answer', () => this.redis.set(redisKey(key), done, 'PX', ANSWER_KEPT_MS));
  }

  async release(key: string): Promise<void> {
    await attempt('release an idempotency key', () => this.redis.del(redisKey(key)));
  }
}

function redisKey(key: string): string {
  return `millrace:idempotency:${key}`;
}
