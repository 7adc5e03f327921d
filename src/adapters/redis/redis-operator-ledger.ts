import type { OperatorLedger, ReplayState } from '../../core/ports/operator-ledger.port';
import { attempt, type RedisClient } from './redis-connection';
import { replayedKey, resumesKey } from './redis-keys';

/** A counter for requests to go on, and a hash of letters that were replayed: letter to `begun` or `done`. */
export class RedisOperatorLedger implements OperatorLedger {
  constructor(private readonly redis: RedisClient) {}

  async requestResume(pipeline: string): Promise<void> {
    await attempt(`ask pipeline ${pipeline} to go on`, () => this.redis.incr(resumesKey(pipeline)));
  }

  async resumeRequests(pipeline: string): Promise<number> {
    const count = await attempt(`read what was asked of ${pipeline}`, () => this.redis.get(resumesKey(pipeline)));
    return Number(count ?? 0);
  }

  beginReplay(pipeline: string, letters: readonly string[]): Promise<readonly ReplayState[]> {
    const key = replayedKey(pipeline);
    return attempt(`reserve dead letters of ${pipeline}`, () =>
      // Commands of one connection are answered in order; each by itself is atomic.
      Promise.all(
        letters.map(async (letter): Promise<ReplayState> => {
          const isNew = (await this.redis.hsetnx(key, letter, 'begun')) === 1;
          if (isNew) return 'new';
          return (await this.redis.hget(key, letter)) === 'done' ? 'done' : 'begun';
        }),
      ),
    );
  }

  async finishReplay(pipeline: string, letters: readonly string[]): Promise<void> {
    if (letters.length === 0) return;
    const done = Object.fromEntries(letters.map((letter) => [letter, 'done']));
    await attempt(`remember replayed letters of ${pipeline}`, () => this.redis.hset(replayedKey(pipeline), done));
  }
}
