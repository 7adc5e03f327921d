import type { ReferenceHash } from '../../core/ports/reference-hash.port';
import { attempt, type RedisClient } from './redis-connection';

/** Of one command: Redis serves nobody else while it works on one. */
const FIELDS_AT_ONCE = 1_000;

/** Reads with HMGET, under the very key that the user names. */
export class RedisReferenceHash implements ReferenceHash {
  constructor(private readonly redis: RedisClient) {}

  async read(name: string, fields: readonly string[]): Promise<readonly (string | undefined)[]> {
    const texts: (string | undefined)[] = [];
    for (let from = 0; from < fields.length; from += FIELDS_AT_ONCE) {
      const some = fields.slice(from, from + FIELDS_AT_ONCE);
      const found = await attempt(`read the hash ${name}`, () => this.redis.hmget(name, ...some));
      for (const text of found) texts.push(text ?? undefined);
    }
    return texts;
  }
}
