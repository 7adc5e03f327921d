import { Logger } from '@nestjs/common';
import type { CommittedTasks } from '../api/committed-tasks';
import { messageOf } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { FeedEntry, LiveFeed } from '../core/ports/live-feed.port';
import { type TaskId, taskName } from '../core/task/task-id';
import { parseEntry, type ParsedEntry } from './feed-row';
import { FeedVector } from './feed-vector';

export interface FeedSubscriber {
  /** Called once, before anything else: every entry after `position` will come. */
  onJoined(position: FeedVector): void;
  /** New entries, in order for each partition. */
  onEntries(entries: readonly ParsedEntry[]): void;
  /** The feed began anew (a new generation, other partitions): what was read before says nothing any more. */
  onReset(position: FeedVector): void;
}

const READ_LIMIT = 200;
const CHECK_MS = 5_000;

/**
 * One follower of a pipeline's live feeds, shared by all clients of this process; it runs while there are any.
 *
 * Between `extent` and the moment that `follow` really follows, entries may be committed that neither reports. So the
 * first entry of a partition, and a check now and then, read what lies between: nothing is missed, at worst it is late.
 */
export class PipelineFeed {
  private readonly logger = new Logger('live');
  private readonly subscribers = new Set<FeedSubscriber>();
  private position = FeedVector.of(0n, new Map());
  private tasks = new Map<number, TaskId>();
  /** Partitions of which every entry since `position` was read comes through `follow`. */
  private followed = new Set<number>();
  private running: { readonly started: Promise<void>; readonly stop: AbortController } | undefined;
  /** One thing at a time, in order. */
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly committed: CommittedTasks,
    private readonly feed: LiveFeed,
  ) {}

  /** Throws TransientError, and then the subscriber has not joined. */
  async join(subscriber: FeedSubscriber): Promise<void> {
    this.running ??= this.run();
    try {
      await this.running.started;
    } catch (error) {
      if (this.subscribers.size === 0) this.stop();
      throw error;
    }
    this.subscribers.add(subscriber);
    subscriber.onJoined(this.position);
  }

  leave(subscriber: FeedSubscriber): void {
    this.subscribers.delete(subscriber);
    if (this.subscribers.size === 0) this.stop();
  }

  stop(): void {
    this.running?.stop.abort();
    this.running = undefined;
  }

  private run(): NonNullable<PipelineFeed['running']> {
    const stop = new AbortController();
    const started = this.start(stop.signal);
    const timer = setInterval(() => this.enqueue(() => this.check(stop.signal)), CHECK_MS);
    timer.unref();
    stop.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    return { started, stop };
  }

  private async start(signal: AbortSignal): Promise<void> {
    const tasks = await this.committed.tasksOf(this.pipeline);
    const generation = await this.generation();
    const newest = await Promise.all(tasks.map(async (task) => (await this.feed.extent(task)).newest));
    this.tasks = new Map(tasks.map((task) => [task.partition, task]));
    this.position = FeedVector.of(
      generation,
      new Map(tasks.map(({ partition }, i) => [partition, newest[i] ?? '0-0'])),
    );
    this.followed = new Set();
    const onEntries = (entries: readonly FeedEntry[]): void => {
      if (!signal.aborted) this.enqueue(() => this.take(entries, signal));
    };
    this.feed.follow(tasks, onEntries, signal).catch((error: unknown) => this.report(error));
  }

  private async generation(): Promise<bigint> {
    const tasks = await this.committed.of(this.pipeline);
    return tasks.reduce((max, { checkpoint }) => (checkpoint.generation > max ? checkpoint.generation : max), 0n);
  }

  private async take(entries: readonly FeedEntry[], signal: AbortSignal): Promise<void> {
    for (const partition of new Set(entries.map((entry) => entry.partition))) {
      if (!signal.aborted && !this.followed.has(partition)) await this.catchUp(partition, signal);
      // What an earlier run left in the queue says nothing of what this one has read.
      if (!signal.aborted) this.followed.add(partition);
    }
    if (!signal.aborted) this.publish(entries);
  }

  private async catchUp(partition: number, signal: AbortSignal): Promise<void> {
    const task = this.tasks.get(partition);
    while (task && !signal.aborted) {
      const entries = await this.feed.read(task, this.position.idOf(partition), READ_LIMIT);
      if (!signal.aborted) this.publish(entries);
      if (entries.length < READ_LIMIT) return;
    }
  }

  private publish(entries: readonly FeedEntry[]): void {
    const fresh = entries.filter(({ partition, id }) => {
      const isNew = this.position.isBefore(partition, id);
      if (isNew) this.position = this.position.with(partition, id);
      return isNew;
    });
    if (fresh.length === 0) return;
    const parsed = fresh.map(parseEntry);
    for (const subscriber of this.subscribers) subscriber.onEntries(parsed);
  }

  private async check(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const tasks = await this.committed.tasksOf(this.pipeline);
    const generation = await this.generation();
    if (tasks.length !== this.tasks.size || (generation !== this.position.generation && generation !== 0n)) {
      return this.reset(signal);
    }
    for (const { partition } of tasks) {
      if (!this.followed.has(partition)) await this.catchUp(partition, signal);
    }
  }

  private async reset(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.stop();
    this.running = this.run();
    await this.running.started;
    this.logger.log({ event: 'live.reset', pipeline: this.pipeline.name });
    for (const subscriber of this.subscribers) subscriber.onReset(this.position);
  }

  private enqueue(step: () => Promise<void>): void {
    this.queue = this.queue.then(step).catch((error: unknown) => this.report(error));
  }

  /** What failed is read again by the next check, because the position has not moved. */
  private report(error: unknown): void {
    this.followed = new Set();
    this.logger.warn({
      event: 'live.trouble',
      pipeline: this.pipeline.name,
      tasks: [...this.tasks.values()].map(taskName),
      reason: messageOf(error),
    });
  }
}
