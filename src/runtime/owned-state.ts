import { FencedError } from '../core/errors';
import type { CommitToken, EntryRef, EntryWrite, StateStore } from '../core/ports/state-store.port';
import { type TaskId, taskName } from '../core/task/task-id';

export interface OwnedStateOptions {
  readonly id: TaskId;
  readonly stateStore: StateStore;
  /** The owner's epoch, and the number of the last commit that it knows of. */
  readonly lastCommit: () => CommitToken;
}

/**
 * What the store holds of a task, for its owner alone: with each answer it is asked whose the task is by then. An owner that
 * stood still, or whose store went back, would else compute rows of its own offsets from the state of others. They would
 * have the right revisions and the wrong values, and be in the sinks before its commit is refused.
 *
 * All operations throw FencedError when the task has another owner or the store has forgotten a commit, TransientError
 * when the store cannot be reached.
 */
export class OwnedState {
  constructor(private readonly options: OwnedStateOptions) {}

  /** See {@link StateStore.load}. */
  async load(refs: readonly EntryRef[]): Promise<readonly (Uint8Array | undefined)[]> {
    const { id, stateStore, lastCommit } = this.options;
    const last = lastCommit();
    const values = await stateStore.load(id, refs);
    await this.check(last);
    return values;
  }

  /** See {@link StateStore.scan}. That there are no more entries is an answer too. */
  async *scan(segment: string): AsyncIterable<readonly EntryWrite[]> {
    const { id, stateStore, lastCommit } = this.options;
    const last = lastCommit();
    for await (const entries of stateStore.scan(id, segment)) {
      await this.check(last);
      yield entries;
    }
    await this.check(last);
  }

  private async check({ epoch, commit }: CommitToken): Promise<void> {
    const { id, stateStore } = this.options;
    const now = await stateStore.standing(id);
    if (now.epoch === epoch && now.commits >= commit) return;
    throw new FencedError(
      `Task ${taskName(id)}: state was read in epoch ${epoch} after commit ${commit}, and the store is at epoch ${now.epoch} with ` +
        `${now.commits} commits: it has another owner, or the store has forgotten something`,
    );
  }
}
