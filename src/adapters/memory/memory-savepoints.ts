import { FatalError } from '../../core/errors';
import type { SavepointStore, TaskPart } from '../../core/ports/savepoint-store.port';
import { type TaskId, taskName } from '../../core/task/task-id';
import { emptyTask, entryName, type StoredTask } from './stored-task';

/** Entries of a part. */
const PART = 1_000;

/** Twin of the Redis savepoints, over the tasks of a memory store. */
export class MemorySavepoints implements SavepointStore {
  private readonly staged = new Map<string, StoredTask>();

  constructor(private readonly tasks: Map<string, StoredTask>) {}

  copyOf(id: TaskId): AsyncIterable<TaskPart> {
    const task = this.tasks.get(taskName(id));
    return partsOf(task?.committed ? copied(task) : undefined);
  }

  stage(id: TaskId, load: string, part: TaskPart): Promise<void> {
    const name = stagedName(id, load);
    const task = this.staged.get(name) ?? emptyTask();
    this.staged.set(name, task);
    keep(task, part);
    return Promise.resolve();
  }

  adopt(id: TaskId, load: string, generation: bigint): Promise<void> {
    const name = stagedName(id, load);
    const task = this.staged.get(name);
    if (!task?.committed) return Promise.reject(new FatalError(`Nothing whole was loaded of ${taskName(id)}`));
    const before = this.tasks.get(taskName(id))?.epoch ?? 0n;
    task.epoch = (task.epoch > before ? task.epoch : before) + 1n;
    task.committed = { ...task.committed, generation };
    this.staged.delete(name);
    this.tasks.set(taskName(id), task);
    return Promise.resolve();
  }

  discard(id: TaskId, load: string): Promise<void> {
    this.staged.delete(stagedName(id, load));
    return Promise.resolve();
  }
}

function stagedName(id: TaskId, load: string): string {
  return `${taskName(id)} ${load}`;
}

function copied(task: StoredTask): StoredTask {
  const segments = [...task.segments].map(([id, entries]) => [id, new Map(entries)] as const);
  return { ...task, segments: new Map(segments), pending: new Map(task.pending), feed: [] };
}

async function* partsOf(task: StoredTask | undefined): AsyncIterable<TaskPart> {
  if (!task?.committed) return;
  const { epoch, commits, committed } = task;
  yield await Promise.resolve({ kind: 'task' as const, task: { epoch, commits, ...committed } });
  for (const [segment, values] of task.segments) {
    const entries = [...values].map(([entry, value]) => ({ segment, entry, value }));
    for (let i = 0; i < entries.length; i += PART) yield { kind: 'entries', entries: entries.slice(i, i + PART) };
  }
  if (task.pending.size > 0) yield { kind: 'pending', pending: [...task.pending.values()] };
}

function keep(task: StoredTask, part: TaskPart): void {
  switch (part.kind) {
    case 'task': {
      const { epoch, commits, ...committed } = part.task;
      Object.assign(task, { epoch, commits, committed, owner: 'savepoint' });
      return;
    }
    case 'entries':
      for (const { segment, entry, value } of part.entries) {
        const entries = task.segments.get(segment) ?? new Map<string, Uint8Array>();
        task.segments.set(segment, entries.set(entry, value));
      }
      return;
    case 'pending':
      for (const ref of part.pending) task.pending.set(entryName(ref), ref);
  }
}
