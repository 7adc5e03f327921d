import type { TaskCounts } from '../core/ports/state-store.port';
import type { ParkedSize } from '../core/task/parked-records';
import type { LatenessFigures } from './lateness-sketch';
import type { ClosedRows } from './pipeline-tally';

/**
 * ```
 *  claiming ──▶ running ◀──▶ paused          (paused: a sink or the store is away, retried with back-off;
 *      │           │            │              or the error budget is spent, until an operator says go on)
 *      └───────────┴────────────┴──▶ failed   (needs an operator; `reason` says why)
 * ```
 * A task that is fenced or revoked is no longer listed.
 */
export type TaskState = 'claiming' | 'running' | 'paused' | 'failed';

/** One task as the process that owns it sees it. */
export interface TaskStatus {
  readonly partition: number;
  readonly state: TaskState;
  /** Present when paused or failed: what is wrong and what will mend it. */
  readonly reason?: string;
  readonly epoch: string;
  readonly nextOffset: string;
  /** The log's end as last seen; lag in records is `endOffset - nextOffset`. */
  readonly endOffset: string;
  readonly lagRecords: number;
  /** Epoch ms; `null` before the first accepted record. */
  readonly streamTimeMs: number | null;
  readonly watermarkMs: number | null;
  readonly counts: TaskCounts;
  /** Since the last commit of step 5, ms. */
  readonly checkpointAgeMs: number;
  readonly openWindows: number;
  readonly stateKeys: number;
  readonly stateBytes: number;
  /** Share of the process's memory for state that the task may fill. */
  readonly stateBoundBytes: number;
  /** Keys that wait for a record that could not be processed, and the records that wait. */
  readonly parked: ParkedSize;
}

export type PipelineState = 'starting' | 'running' | 'paused' | 'failed' | 'refused';

export interface PipelineStatus {
  readonly name: string;
  readonly state: PipelineState;
  readonly reason?: string;
  /** Partitions of the source topic; `0` until it is known. */
  readonly partitions: number;
  /** Tasks that this process owns. */
  readonly tasks: readonly TaskStatus[];
  /** The internal topic that this process fills, and the tasks of the shuffle that it owns; absent without one. */
  readonly repartition?: { readonly topic: string; readonly tasks: readonly TaskStatus[] };
  /** Of this process since it started; absent while it does not compute the pipeline. */
  readonly lateness?: LatenessFigures;
  readonly closedRows?: ClosedRows;
}
