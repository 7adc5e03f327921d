import { messageOf } from '../../core/errors';
import type { FeedEntry, LiveFeed } from '../../core/ports/live-feed.port';
import { type TaskId, taskName } from '../../core/task/task-id';
import { READ_COUNT, readStreams, type StreamItem } from './feed-reader';
import { FeedWakeUps } from './feed-wake-ups';
import { attempt, type RedisClient } from './redis-connection';
import { taskKeys } from './redis-keys';
import { WakeUp } from './wake-up';

const RETRY_MS = 500;
/** How long a wake-up that was lost can hold an entry back. */
const UNASKED_MS = 1_000;

interface Position {
  readonly task: TaskId;
  /** Of the last entry that was read; empty before it is known where the feed stands. */
  id: string;
}

/**
 * Redis streams, written by `commit.lua`, read here. However many follow, they share one connection that wakes them,
 * and read over the connection of the service.
 */
export class RedisLiveFeed implements LiveFeed {
  private readonly wakeUps: FeedWakeUps;

  constructor(
    private readonly redis: RedisClient,
    private readonly onTrouble: (message: string) => void,
  ) {
    this.wakeUps = new FeedWakeUps(redis);
  }

  async read(task: TaskId, afterId: string, limit: number): Promise<readonly FeedEntry[]> {
    const items = await attempt(`read the live feed of ${taskName(task)}`, () =>
      this.redis.xrange(taskKeys(task).feed, `(${afterId}`, '+', 'COUNT', limit),
    );
    return items.map((item) => entryOf(task.partition, item));
  }

  async extent(task: TaskId): Promise<{ oldest: string; newest: string }> {
    const { feed } = taskKeys(task);
    const [first, last] = await attempt(`show the live feed of ${taskName(task)}`, () =>
      Promise.all([this.redis.xrange(feed, '-', '+', 'COUNT', 1), this.redis.xrevrange(feed, '+', '-', 'COUNT', 1)]),
    );
    return { oldest: first[0]?.[0] ?? '0-0', newest: last[0]?.[0] ?? '0-0' };
  }

  async follow(
    tasks: readonly TaskId[],
    onEntries: (entries: readonly FeedEntry[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const positions = new Map<string, Position>();
    for (const task of tasks) positions.set(taskKeys(task).feed, { task, id: '' });
    const wakeUp = new WakeUp();
    const stopListening = this.wakeUps.listen([...positions.keys()], () => wakeUp.ring());
    while (!signal.aborted) {
      try {
        await this.fillPositions(positions);
        const entries = await this.readNew(positions);
        if (signal.aborted) break;
        if (entries.length > 0) onEntries(entries);
        if (entries.length < READ_COUNT) await wakeUp.wait(UNASKED_MS, signal);
      } catch (error) {
        this.onTrouble(messageOf(error));
        await wakeUp.wait(RETRY_MS, signal);
      }
    }
    stopListening();
  }

  /** Where each feed stands when following begins. */
  private async fillPositions(positions: ReadonlyMap<string, Position>): Promise<void> {
    for (const position of positions.values()) {
      if (position.id === '') position.id = (await this.extent(position.task)).newest;
    }
  }

  private async readNew(positions: ReadonlyMap<string, Position>): Promise<FeedEntry[]> {
    const ids = new Map([...positions].map(([key, { id }]) => [key, id]));
    const found = await attempt('read live feeds', () => readStreams(this.redis, ids));
    return found.flatMap(([key, items]) => {
      const position = positions.get(key)!;
      position.id = items.at(-1)?.[0] ?? position.id;
      return items.map((item) => entryOf(position.task.partition, item));
    });
  }
}

function entryOf(partition: number, [id, fields]: StreamItem): FeedEntry {
  return { partition, id, rows: (fields[1] ?? '').split('\n') };
}
