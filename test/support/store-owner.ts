import type { Checkpoint, CheckpointDelta, StateStore } from '../../src/core/ports/state-store.port';
import type { TaskId } from '../../src/core/task/task-id';

/** An owner of a task that numbers its commits as the protocol asks. */
export class StoreOwner {
  private constructor(
    private readonly store: StateStore,
    private readonly task: TaskId,
    readonly epoch: bigint,
    /** The number of the last commit. */
    public commits: bigint,
    readonly checkpoint: Checkpoint | undefined,
  ) {}

  static async claim(store: StateStore, task: TaskId): Promise<StoreOwner> {
    const { epoch, commits, checkpoint } = await store.claim(task, 'test');
    return new StoreOwner(store, task, epoch, commits, checkpoint);
  }

  async commit(delta: CheckpointDelta): Promise<void> {
    await this.store.commit(this.task, { epoch: this.epoch, commit: this.commits + 1n }, delta);
    this.commits += 1n;
  }
}
