import type { Redis } from 'ioredis';

import { messageOf } from '../../core/errors';
import type { FeedEntry, LiveFeed } from '../../core/ports/live-feed.port';
import { type TaskId, taskName } from '../../core/task/task-id';
import { attempt } from './redis-connection';
import { taskKeys } from './redis-keys';

const BLOCK_MS = 1_000;
const READ_COUNT = 500;
const RETRY_MS = 500;

type StreamItem = [id: string, fields: string[]];

/** Redis streams, written by `commit.lua`, read here. Following takes a connection of its own: it blocks. */
export class RedisLiveFeed implements LiveFeed {
  constructor(
    private readonly redis: Redis,
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
    const connection = this.redis.duplicate({ commandTimeout: BLOCK_MS + 5_000 });
    connection.on('error', () => undefined);
    const stop = (): void => connection.disconnect();
    signal.addEventListener('abort', stop, { once: true });
    const positions = new Map<string, { task: TaskId; id: string }>();
    for (const task of tasks) positions.set(taskKeys(task).feed, { task, id: '' });
    while (!signal.aborted) {
      try {
        await this.fillPositions(positions);
        onEntriesIfAny(await readNew(connection, positions), onEntries);
      } catch (error) {
        if (signal.aborted) break;
        this.onTrouble(messageOf(error));
        await pause(RETRY_MS, signal);
      }
    }
    signal.removeEventListener('abort', stop);
    connection.disconnect();
  }

  /** Where each feed stands when following begins. */
  private async fillPositions(positions: Map<string, { task: TaskId; id: string }>): Promise<void> {
    for (const position of positions.values()) {
      if (position.id === '') position.id = (await this.extent(position.task)).newest;
    }
  }
}

async function readNew(connection: Redis, positions: Map<string, { task: TaskId; id: string }>): Promise<FeedEntry[]> {
  const keys = [...positions.keys()];
  const ids = keys.map((key) => positions.get(key)!.id);
  const reply = await connection.xread('COUNT', READ_COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...ids);
  const entries: FeedEntry[] = [];
  for (const [key, items] of reply ?? []) {
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
