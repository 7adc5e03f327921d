import type {
  BoardBounds,
  BoardEntry,
  BoardOrder,
  BoardPage,
  BoardPlace,
  BoardStore,
  BoardWrite,
} from '../../core/ports/board-store.port';
import { type ScriptedRedis, withScripts } from './redis-commands';
import { attempt, type RedisClient } from './redis-connection';
import { boardKeys } from './redis-keys';

/** Of one call: Redis serves nobody else while a script runs. */
const MEMBERS_AT_ONCE = 500;

/** A sorted set of scores, with hashes for versions and texts, or a HyperLogLog, for each board. */
export class RedisBoardStore implements BoardStore {
  private readonly redis: ScriptedRedis;

  constructor(redis: RedisClient) {
    this.redis = withScripts(redis);
  }

  async rank(place: BoardPlace, writes: readonly BoardWrite[], { keeps, size, ttlMs }: BoardBounds): Promise<void> {
    const { scores, versions, texts, gone } = boardKeys(place);
    for (const some of chunks(writes)) {
      const members = some.flatMap(({ member, version, score, text }) => [member, version, score ?? '', text]);
      await attempt(`write to a ${place.view} of ${place.pipeline}`, () =>
        this.redis.millraceRank(scores, versions, texts, gone, size, keeps, ttlMs ?? 0, ...members),
      );
    }
  }

  page(place: BoardPlace, order: BoardOrder, limit: number): Promise<BoardPage> {
    const { scores, texts } = boardKeys(place);
    return attempt(`read a ${place.view} of ${place.pipeline}`, async () => {
      const [found, members] = await Promise.all([
        order === 'highest'
          ? this.redis.zrevrange(scores, 0, limit - 1, 'WITHSCORES')
          : this.redis.zrange(scores, 0, limit - 1, 'WITHSCORES'),
        this.redis.zcard(scores),
      ]);
      const names = found.filter((_, i) => i % 2 === 0);
      const held = names.length > 0 ? await this.redis.hmget(texts, ...names) : [];
      const entries = names.map((member, i) => entryOf(i, member, found[2 * i + 1], held[i]));
      return { entries: entries.filter((entry) => entry !== undefined), members };
    });
  }

  member(place: BoardPlace, order: BoardOrder, member: string): Promise<BoardEntry | undefined> {
    const { scores, texts } = boardKeys(place);
    return attempt(`read a ${place.view} of ${place.pipeline}`, async () => {
      const [index, score, text] = await Promise.all([
        order === 'highest' ? this.redis.zrevrank(scores, member) : this.redis.zrank(scores, member),
        this.redis.zscore(scores, member),
        this.redis.hget(texts, member),
      ]);
      return index === null ? undefined : entryOf(index, member, score, text);
    });
  }

  async see(place: BoardPlace, members: readonly string[], ttlMs: number | undefined): Promise<void> {
    const { seen } = boardKeys(place);
    for (const some of chunks(members)) {
      await attempt(`count members of ${place.pipeline}`, () => this.redis.pfadd(seen, ...some));
    }
    if (ttlMs !== undefined) await attempt(`bound a count of ${place.pipeline}`, () => this.redis.pexpire(seen, ttlMs));
  }

  seen(place: BoardPlace): Promise<number> {
    return attempt(`count members of ${place.pipeline}`, () => this.redis.pfcount(boardKeys(place).seen));
  }
}

/** Without a text the member has gone between two reads. */
function entryOf(
  index: number,
  member: string,
  score: string | null | undefined,
  text: string | null | undefined,
): BoardEntry | undefined {
  if (typeof score !== 'string' || typeof text !== 'string') return undefined;
  return { rank: index + 1, member, score: Number(score), text };
}

function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += MEMBERS_AT_ONCE) yield all.slice(from, from + MEMBERS_AT_ONCE);
}
