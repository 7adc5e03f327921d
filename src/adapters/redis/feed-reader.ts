import { setTimeout as delay } from 'node:timers/promises';

import { Cluster, type Redis } from 'ioredis';

import type { RedisClient } from './redis-connection';

/** How long the server holds a question that it has no answer to. */
const BLOCK_MS = 1_000;
/** Streams of several slots cannot be waited for in one command. */
const POLL_MS = 100;
const READ_COUNT = 500;

export type StreamItem = [id: string, fields: string[]];

/** Reads several streams, each from a position of its own. */
export interface FeedReader {
  /** By key, what comes after the id that is given; empty after a while without anything. */
  read(positions: ReadonlyMap<string, string>): Promise<readonly (readonly [key: string, items: StreamItem[]])[]>;
  close(): void;
}

export function feedReader(redis: RedisClient): FeedReader {
  return redis instanceof Cluster ? new PollingReader(redis) : new BlockingReader(redis);
}

/** Takes a connection of its own: it blocks. */
class BlockingReader implements FeedReader {
  private readonly connection: Redis;

  constructor(redis: Redis) {
    this.connection = redis.duplicate({ commandTimeout: BLOCK_MS + 5_000 });
    this.connection.on('error', () => undefined);
  }

  async read(positions: ReadonlyMap<string, string>): ReturnType<FeedReader['read']> {
    const where = [...positions.keys(), ...positions.values()];
    return (await this.connection.xread('COUNT', READ_COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', ...where)) ?? [];
  }

  close(): void {
    this.connection.disconnect();
  }
}

/** Asks for each stream by itself, wherever its slot is by now. */
class PollingReader implements FeedReader {
  constructor(private readonly cluster: Cluster) {}

  async read(positions: ReadonlyMap<string, string>): ReturnType<FeedReader['read']> {
    const replies = await Promise.all(
      [...positions].map(([key, id]) => this.cluster.xread('COUNT', READ_COUNT, 'STREAMS', key, id)),
    );
    const found = replies.flatMap((reply) => reply ?? []);
    if (found.length === 0) await delay(POLL_MS);
    return found;
  }

  close(): void {
    // The connection is the service's.
  }
}
