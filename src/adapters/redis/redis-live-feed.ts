import { messageOf } from '../../core/errors';
import type { FeedEntry, LiveFeed } from '../../core/ports/live-feed.port';
import { type TaskId, taskName } from '../../core/task/task-id';
import { type FeedReader, feedReader, type StreamItem } from './feed-reader';
import { attempt, type RedisClient } from './redis-connection';
import { taskKeys } from './redis-keys';

const RETRY_MS = 500;

/** Redis streams, written by `commit.lua`, read here. */
export class RedisLiveFeed implements LiveFeed {
  constructor(
    private readonly redis: RedisClient,
    private readonly onTrouble: (message: string) => void,
  ) {}

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
    const reader = feedReader(this.redis);
    const stop = (): void => reader.close();
    signal.addEventListener('abort', stop, { once: true });
    const positions = new Map<string, { task: TaskId; id: string }>();
    for (const task of tasks) positions.set(taskKeys(task).feed, { task, id: '' });
    while (!signal.aborted) {
      try {
        await this.fillPositions(positions);
        onEntriesIfAny(await readNew(reader, positions), onEntries);
      } catch (error) {
        if (signal.aborted) break;
        this.onTrouble(messageOf(error));
        await pause(RETRY_MS, signal);
      }
    }
    signal.removeEventListener('abort', stop);
    reader.close();
  }

  /** Where each feed stands when following begins. */
  private async fillPositions(positions: Map<string, { task: TaskId; id: string }>): Promise<void> {
    for (const position of positions.values()) {
      if (position.id === '') position.id = (await this.extent(position.task)).newest;
    }
  }
}

async function readNew(reader: FeedReader, positions: Map<string, { task: TaskId; id: string }>): Promise<FeedEntry[]> {
  const found = await reader.read(new Map([...positions].map(([key, { id }]) => [key, id])));
  const entries: FeedEntry[] = [];
  for (const [key, items] of found) {
    const position = positions.get(key)!;
    for (const item of items) entries.push(entryOf(position.task.partition, item));
    position.id = items.at(-1)?.[0] ?? position.id;
  }
  return entries;
}

function onEntriesIfAny(entries: readonly FeedEntry[], onEntries: (entries: readonly FeedEntry[]) => void): void {
  if (entries.length > 0) onEntries(entries);
}

function entryOf(partition: number, [id, fields]: StreamItem): FeedEntry {
  return { partition, id, rows: (fields[1] ?? '').split('\n') };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
