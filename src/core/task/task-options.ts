import type { LookupTable } from '../lookup/lookup-table';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { Checkpoint } from '../ports/state-store.port';
import type { ErrorBudgetPort } from './error-budget-port';
import type { DeltaLimits } from './frozen-delta';
import type { TaskId } from './task-id';

export interface TaskOptions extends DeltaLimits {
  readonly id: TaskId;
  readonly pipeline: CompiledPipeline;
  readonly generation: bigint;
  readonly checkpoint: Checkpoint | undefined;
  /** Where to begin without a checkpoint. */
  readonly startOffset: bigint;
  /** The end of the log when the task was claimed: an owner before may have shown rows of records up to there. */
  readonly shownUpTo: bigint;
  /** The table of each of the pipeline's lookups, in their order; none for a pipeline without. */
  readonly lookupTables?: readonly LookupTable[];
  /** Bound of the resident state, for windows of which it may leave memory. */
  readonly cacheBytes: number;
  /** Whether equal keys may only be in one partition, so that a message key must be the pipeline's key. */
  readonly keyedByMessage: boolean;
  /** The task forwards its records to a repartition topic instead of adding them to windows. */
  readonly forwards?: boolean;
  /** How many partitions the source has, when the task reads a repartition topic. */
  readonly sourcePartitions?: number;
  /** Told of each record; while it is spent, nothing is processed. */
  readonly budget?: ErrorBudgetPort;
  /** Called with `W - end` in ms for each late record. */
  readonly onLate?: (latenessMs: number) => void;
}
