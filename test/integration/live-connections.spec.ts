import { connectRedis, pingRedis, type RedisClient } from '../../src/adapters/redis/redis-connection';
import { RedisLiveFeed } from '../../src/adapters/redis/redis-live-feed';
import { RedisStateStore } from '../../src/adapters/redis/redis-state-store';
import type { TaskId } from '../../src/core/task/task-id';
import { LossyWakeUps } from '../support/lossy-wake-ups';
import { testServers, uniqueName } from '../support/servers';
import { StoreOwner } from '../support/store-owner';
import { delta, progress } from '../support/store-samples';
import { waitUntil } from '../support/wait-until';

const FOLLOWERS = 200;

describe('live feeds of Redis', () => {
  let link: LossyWakeUps;
  let redis: RedisClient;
  let isLossy: boolean;
  let stop: AbortController;

  beforeEach(async () => {
    isLossy = false;
    const { hostname, port } = new URL(testServers().redis);
    link = await LossyWakeUps.to({ host: hostname, port: Number(port) }, () => isLossy);
    redis = connectRedis({ url: link.url });
    await pingRedis(redis);
    stop = new AbortController();
  });

  afterEach(() => {
    stop.abort();
    redis.disconnect();
    link.close();
  });

  const taskOf = (): TaskId => ({ pipeline: uniqueName('live'), partition: 0 });

  /** Follows each task; what came of each is kept under its place in the list. */
  function follow(tasks: readonly TaskId[]): { seen: string[][]; done: Promise<unknown> } {
    const feed = new RedisLiveFeed(redis, () => undefined);
    const seen: string[][] = tasks.map(() => []);
    const followers = tasks.map((task, i) =>
      feed.follow([task], (entries) => seen[i]!.push(...entries.flatMap(({ rows }) => rows)), stop.signal),
    );
    return { seen, done: Promise.all(followers) };
  }

  async function commit(owner: StoreOwner, n: number): Promise<void> {
    await owner.commit(delta({ progress: { ...progress, feedId: `${n}-0` }, feed: [`row ${n}`] }));
  }

  it('need one connection to be woken, however many follow, and none when nobody does', async () => {
    const store = new RedisStateStore(redis);
    const tasks = Array.from({ length: FOLLOWERS }, taskOf);
    const owner = await StoreOwner.claim(store, tasks[FOLLOWERS - 1]!);
    expect(link.connections).toBe(1);
    const { seen, done } = follow(tasks);
    await waitUntil('all follow', () => link.connections === 2);
    let n = 0;
    await waitUntil('the last one is told', async () => {
      await commit(owner, ++n);
      return seen[FOLLOWERS - 1]!.length > 0;
    });
    expect(link.connections).toBe(2);
    stop.abort();
    await done;
    await waitUntil('the connection is closed', () => link.connections === 1);
  });

  it('tell every row in order although no wake-up arrives', async () => {
    isLossy = true;
    const task = taskOf();
    const owner = await StoreOwner.claim(new RedisStateStore(redis), task);
    const { seen } = follow([task]);
    let n = 0;
    await waitUntil('it follows', async () => {
      await commit(owner, ++n);
      return seen[0]!.length > 0;
    });
    const from = n;
    for (let more = 0; more < 30; more++) await commit(owner, ++n);
    await waitUntil('all came', () => seen[0]!.includes(`row ${n}`));
    expect(seen[0]!.slice(-31)).toEqual(Array.from({ length: 31 }, (_, i) => `row ${from + i}`));
    await waitUntil('a wake-up was lost', () => link.lost > 0);
  });
});
