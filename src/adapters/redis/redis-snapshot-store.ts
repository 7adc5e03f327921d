import {
  type Snapshot,
  type SnapshotPlace,
  type SnapshotStore,
  SNAPSHOTS_KEPT,
  SNAPSHOTS_KEPT_MS,
} from '../../core/ports/snapshot-store.port';
import { attempt, type RedisClient } from './redis-connection';
import { snapshotsKey } from './redis-keys';

/** A sorted set for each key: `offset:events:state` by offset. */
export class RedisSnapshotStore implements SnapshotStore {
  constructor(private readonly redis: RedisClient) {}

  async newestBefore(place: SnapshotPlace, offset: bigint): Promise<Snapshot | undefined> {
    const [found] = await attempt(`read a snapshot of ${place.pipeline}`, () =>
      this.redis.zrevrangebyscore(snapshotsKey(place), offset.toString(), '-inf', 'LIMIT', 0, 1),
    );
    if (found === undefined) return undefined;
    const [nextOffset = '', events = '', state = ''] = found.split(':');
    return { nextOffset: BigInt(nextOffset), events: Number(events), state: Buffer.from(state, 'base64') };
  }

  async put(place: SnapshotPlace, { nextOffset, events, state }: Snapshot): Promise<void> {
    const key = snapshotsKey(place);
    const member = [nextOffset, events, Buffer.from(state).toString('base64')].join(':');
    await attempt(`keep a snapshot of ${place.pipeline}`, () =>
      this.redis
        .multi()
        .zadd(key, nextOffset.toString(), member)
        .zremrangebyrank(key, 0, -1 - SNAPSHOTS_KEPT)
        .pexpire(key, SNAPSHOTS_KEPT_MS)
        .exec(),
    );
  }
}
