import type { TaskId } from '../task/task-id';
import type { EntryRef, EntryWrite, TaskProgress } from './state-store.port';

/** What a copy of a task begins with. */
export interface SavedTask {
  /** Of its owner then, and the number of its last commit: a loaded task goes on from greater ones. */
  readonly epoch: bigint;
  readonly commits: bigint;
  readonly generation: bigint;
  readonly progress: TaskProgress;
}

/** A piece of the copy of one task. */
export type TaskPart =
  | { readonly kind: 'task'; readonly task: SavedTask }
  | { readonly kind: 'entries'; readonly entries: readonly EntryWrite[] }
  | { readonly kind: 'pending'; readonly pending: readonly EntryRef[] };

/**
 * Takes copies of tasks out of the state store, and puts them back. All operations throw TransientError when the store
 * cannot be reached.
 */
export interface SavepointStore {
  /**
   * Everything that the store holds of a task as of one commit, in pieces: `task` first, then the rest, each entry at least
   * once. Nothing for a task without a checkpoint. Commits go on meanwhile and do not show. Of the live feed it has the
   * position only.
   */
  copyOf(task: TaskId): AsyncIterable<TaskPart>;

  /** Keeps a piece of the copy that `load` brings beside the state in force. What is staged goes by itself after a day. */
  stage(task: TaskId, load: string, part: TaskPart): Promise<void>;

  /**
   * In one atomic step: what was staged takes the place of the task's state, as of `generation`, with an empty live feed,
   * and its owner is fenced. Throws FatalError, having changed nothing, when it was not staged whole.
   */
  adopt(task: TaskId, load: string, generation: bigint): Promise<void>;

  /** Drops what was staged. */
  discard(task: TaskId, load: string): Promise<void>;
}
