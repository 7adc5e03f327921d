import { Cluster } from 'ioredis';

import type { RedisClient } from './redis-connection';

/** Entries of one feed in one answer: the connection is the one that commits go over, and must not be held up. */
export const READ_COUNT = 100;

export type StreamItem = [id: string, fields: string[]];
type Found = readonly (readonly [key: string, items: StreamItem[]])[];

/** By key, what comes after the id that is given; nothing for a key without news. */
export async function readStreams(redis: RedisClient, positions: ReadonlyMap<string, string>): Promise<Found> {
  if (positions.size === 0) return [];
  if (redis instanceof Cluster) return readOneByOne(redis, positions);
  const where = [...positions.keys(), ...positions.values()];
  return (await redis.xread('COUNT', READ_COUNT, 'STREAMS', ...where)) ?? [];
}

/** Streams of several slots cannot be named in one command; each is asked for wherever its slot is by now. */
async function readOneByOne(cluster: Cluster, positions: ReadonlyMap<string, string>): Promise<Found> {
  const replies = await Promise.all(
    [...positions].map(([key, id]) => cluster.xread('COUNT', READ_COUNT, 'STREAMS', key, id)),
  );
  return replies.flatMap((reply) => reply ?? []);
}
