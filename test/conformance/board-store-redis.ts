import { RedisBoardStore } from '../../src/adapters/redis/redis-board-store';
import type { RedisClient } from '../../src/adapters/redis/redis-connection';
import { boardKeys } from '../../src/adapters/redis/redis-keys';
import type { BoardPlace } from '../../src/core/ports/board-store.port';
import { uniqueName } from '../support/servers';
import type { BoardStoreHarness } from './board-store.conformance';

/** Boards in a Redis that others use too. */
export function redisBoards(redis: RedisClient): Omit<BoardStoreHarness, 'close'> {
  return {
    store: new RedisBoardStore(redis),
    newPlace: (view = 'leaderboard'): BoardPlace => ({ pipeline: uniqueName('board'), view, key: undefined }),
    async leftMs(place) {
      const { scores, versions, texts } = boardKeys(place);
      const left = await Promise.all([scores, versions, texts].map((key) => redis.pttl(key)));
      return left.every((ms) => ms === -1) ? undefined : Math.max(...left);
    },
    remembered: (place) => redis.hlen(boardKeys(place).versions),
  };
}
