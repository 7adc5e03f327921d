import { FencedError } from '../../core/errors';
import type { FeedEntry, LiveFeed } from '../../core/ports/live-feed.port';
import type {
  Checkpoint,
  CheckpointDelta,
  Claim,
  CommitToken,
  Deployment,
  EntryRef,
  EntryWrite,
  StateStore,
} from '../../core/ports/state-store.port';
import type { RebuildStore } from '../../core/ports/rebuild-store.port';
import type { SavepointStore } from '../../core/ports/savepoint-store.port';
import { compareFeedIds } from '../../core/task/feed-id';
import { isWindowSegment } from '../../core/task/own-segments';
import { tasksOf } from '../../core/repartition/names';
import { shadowOf, type TaskId, taskName } from '../../core/task/task-id';
import { MemorySavepoints } from './memory-savepoints';
import { emptyTask, entryName, type StoredTask } from './stored-task';

const FEED_ENTRIES = 10_000;
const SCAN_CHUNK = 1_000;

/** Twin of the Redis store: the same contract, kept in this process and gone with it. */
export class MemoryStateStore implements StateStore, RebuildStore, LiveFeed {
  private readonly deployments = new Map<string, Deployment>();
  private readonly tasks = new Map<string, StoredTask>();
  /** Copies of this store's tasks, and the way back. */
  readonly savepoints: SavepointStore = new MemorySavepoints(this.tasks);
  private readonly followers = new Set<(task: TaskId, entry: FeedEntry) => void>();

  deployment(pipeline: string): Promise<Deployment | undefined> {
    return Promise.resolve(this.deployments.get(pipeline));
  }

  deploy(pipeline: string, proposed: Deployment): Promise<Deployment> {
    const found = this.deployments.get(pipeline) ?? proposed;
    const isSame = proposed.definition !== undefined && found.fingerprint === proposed.fingerprint;
    const inForce = {
      ...{ ...found, partitions: found.partitions ?? proposed.partitions },
      ...(isSame && { definition: proposed.definition }),
    };
    this.deployments.set(pipeline, inForce);
    return Promise.resolve(inForce);
  }

  begin(pipeline: string, generation: bigint, partitions: number): Promise<void> {
    const inForce = this.deployments.get(pipeline);
    if (inForce) this.deployments.set(pipeline, { ...inForce, rebuilding: generation });
    this.dropShadow(pipeline, inForce?.rebuilding, partitions);
    return Promise.resolve();
  }

  swap(pipeline: string, next: Deployment, partitions: number): Promise<void> {
    const inForce = this.deployments.get(pipeline);
    if (inForce?.rebuilding !== next.generation) {
      if (inForce?.generation === next.generation) return Promise.resolve();
      return Promise.reject(new FencedError(`The rebuild ${next.generation} of ${pipeline} was ended`));
    }
    this.deployments.set(pipeline, next);
    for (const id of tasksOf(pipeline, partitions)) {
      const shadow = taskName(shadowOf(id, next.generation));
      const before = this.taskOf(id);
      const task = this.tasks.get(shadow) ?? emptyTask();
      task.epoch = (task.epoch > before.epoch ? task.epoch : before.epoch) + 1n;
      this.tasks.set(taskName(id), task);
      this.tasks.delete(shadow);
    }
    return Promise.resolve();
  }

  redeploy(pipeline: string, next: Deployment, partitions: number): Promise<void> {
    this.dropShadow(pipeline, this.deployments.get(pipeline)?.rebuilding, partitions);
    this.deployments.set(pipeline, next);
    for (const id of tasksOf(pipeline, partitions)) {
      const task = this.tasks.get(taskName(id));
      if (task) reset(task);
    }
    return Promise.resolve();
  }

  claim(id: TaskId, owner: string): Promise<Claim> {
    const task = this.taskOf(id);
    task.epoch++;
    task.owner = owner;
    return Promise.resolve({ epoch: task.epoch, commits: task.commits, checkpoint: checkpointOf(task) });
  }

  commit(id: TaskId, { epoch, commit }: CommitToken, delta: CheckpointDelta): Promise<void> {
    const task = this.taskOf(id);
    const follows = commit === task.commits + 1n || commit === task.commits;
    if (task.epoch !== epoch || !follows) {
      const found = `epoch ${task.epoch} with ${task.commits} commits`;
      return Promise.reject(new FencedError(`Task ${taskName(id)}: commit ${commit} of epoch ${epoch} met ${found}`));
    }
    if (commit === task.commits) return Promise.resolve();
    task.commits = commit;
    task.committed = { generation: delta.generation, progress: delta.progress };
    applyState(task, delta);
    if (delta.feed.length > 0) this.append(id, task, delta);
    return Promise.resolve();
  }

  standing(id: TaskId): ReturnType<StateStore['standing']> {
    const { epoch, commits } = this.taskOf(id);
    return Promise.resolve({ epoch, commits });
  }

  load(id: TaskId, refs: readonly EntryRef[]): Promise<readonly (Uint8Array | undefined)[]> {
    const { segments } = this.taskOf(id);
    return Promise.resolve(refs.map(({ segment, entry }) => segments.get(segment)?.get(entry)));
  }

  async *scan(id: TaskId, segment: string): AsyncIterable<readonly EntryWrite[]> {
    const entries = [...(this.taskOf(id).segments.get(segment) ?? [])];
    for (let i = 0; i < entries.length; i += SCAN_CHUNK) {
      yield await Promise.resolve(
        entries.slice(i, i + SCAN_CHUNK).map(([entry, value]) => ({ segment, entry, value })),
      );
    }
  }

  peek(id: TaskId): ReturnType<StateStore['peek']> {
    const task = this.tasks.get(taskName(id));
    const checkpoint = task && checkpointOf(task);
    return Promise.resolve(checkpoint && { ...checkpoint, owner: task.owner, epoch: task.epoch });
  }

  read(id: TaskId, afterId: string, limit: number): Promise<readonly FeedEntry[]> {
    const { feed } = this.taskOf(id);
    return Promise.resolve(feed.filter((entry) => compareFeedIds(entry.id, afterId) > 0).slice(0, limit));
  }

  extent(id: TaskId): Promise<{ oldest: string; newest: string }> {
    const { feed } = this.taskOf(id);
    return Promise.resolve({ oldest: feed[0]?.id ?? '0-0', newest: feed.at(-1)?.id ?? '0-0' });
  }

  follow(
    tasks: readonly TaskId[],
    onEntries: (entries: readonly FeedEntry[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const names = new Set(tasks.map(taskName));
    const follower = (task: TaskId, entry: FeedEntry): void => {
      if (names.has(taskName(task))) onEntries([entry]);
    };
    this.followers.add(follower);
    return new Promise((resolve) => {
      const stop = (): void => {
        this.followers.delete(follower);
        resolve();
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }

  private dropShadow(pipeline: string, generation: bigint | undefined, partitions: number): void {
    if (generation === undefined) return;
    for (const id of tasksOf(pipeline, partitions)) this.tasks.delete(taskName(shadowOf(id, generation)));
  }

  private append(id: TaskId, task: StoredTask, delta: CheckpointDelta): void {
    const entry = { partition: id.partition, id: delta.progress.feedId, rows: delta.feed };
    task.feed.push(entry);
    if (task.feed.length > FEED_ENTRIES) task.feed.splice(0, task.feed.length - FEED_ENTRIES);
    for (const follower of this.followers) follower(id, entry);
  }

  private taskOf(id: TaskId): StoredTask {
    const name = taskName(id);
    let task = this.tasks.get(name);
    if (!task) this.tasks.set(name, (task = emptyTask()));
    return task;
  }
}

function reset(task: StoredTask): void {
  task.epoch++;
  task.commits = 0n;
  task.committed = undefined;
  task.segments.clear();
  task.pending.clear();
  task.feed.length = 0;
}

function applyState(task: StoredTask, delta: CheckpointDelta): void {
  for (const { segment, entry, value } of delta.upserts) {
    let entries = task.segments.get(segment);
    if (!entries) task.segments.set(segment, (entries = new Map<string, Uint8Array>()));
    entries.set(entry, value);
  }
  for (const { segment, entry } of delta.removals) {
    const entries = task.segments.get(segment);
    entries?.delete(entry);
    if (entries?.size === 0) task.segments.delete(segment);
  }
  for (const segment of delta.droppedSegments) task.segments.delete(segment);
  for (const ref of delta.pendingAdded) task.pending.set(entryName(ref), ref);
  for (const ref of delta.pendingCleared) task.pending.delete(entryName(ref));
}

function checkpointOf(task: StoredTask): Checkpoint | undefined {
  if (!task.committed) return undefined;
  const ofWindows = [...task.segments].filter(([id]) => isWindowSegment(id));
  const segments = ofWindows.map(([id, entries]) => ({ id, entries: entries.size }));
  return { ...task.committed, segments, pending: [...task.pending.values()] };
}
