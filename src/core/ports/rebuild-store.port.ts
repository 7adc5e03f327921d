import type { Deployment } from './state-store.port';

/**
 * Rebuilds beside the version in force: a rebuild keeps the state of its tasks under `shadowName`, in the same store.
 * All operations throw TransientError when the store cannot be reached.
 */
export interface RebuildStore {
  /**
   * Records that `generation` is being rebuilt. A rebuild that was begun before can no longer take over; its state goes.
   * Throws ConfigError, having changed nothing, where the store has no way to swap.
   */
  begin(pipeline: string, generation: bigint, partitions: number): Promise<void>;

  /**
   * In one atomic step for all partitions: the state of the rebuild takes the place of the state in force, whose owners
   * are fenced, and `next` becomes the deployment. A partition that the rebuild does not have is left without state.
   * Doing it again changes nothing. Throws FencedError, having changed nothing, if `next` is not what is being rebuilt.
   */
  swap(pipeline: string, next: Deployment, partitions: number): Promise<void>;
}
