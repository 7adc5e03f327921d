import type { TaskId } from '../task/task-id';

/** One commit's changed rows. Ids of a task only grow; they are compared as (offset, sequence). */
export interface FeedEntry {
  readonly partition: number;
  /** `<offset>-<sequence>`, see {@link TaskProgress.feedId}. */
  readonly id: string;
  /** Row texts as in `rowText`. */
  readonly rows: readonly string[];
}

/** Reads the live feeds that commits append to. */
export interface LiveFeed {
  /** Entries after `afterId` (exclusive; `0-0` for all that is kept), oldest first, at most `limit`. */
  read(task: TaskId, afterId: string, limit: number): Promise<readonly FeedEntry[]>;

  /** The id of the oldest entry that is kept and of the newest; `0-0` where there is none. */
  extent(task: TaskId): Promise<{ readonly oldest: string; readonly newest: string }>;

  /**
   * Calls `onEntries` with each new entry of the tasks from now on, in order for each task, until `signal` aborts.
   * It may miss none between two calls; a connection loss inside is bridged from the last id seen.
   */
  follow(
    tasks: readonly TaskId[],
    onEntries: (entries: readonly FeedEntry[]) => void,
    signal: AbortSignal,
  ): Promise<void>;
}
