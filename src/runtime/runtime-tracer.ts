import type { RecordBatch } from '../core/ports/record-source.port';
import type { TaskId } from '../core/task/task-id';

export interface CheckpointFacts {
  readonly rows: number;
  readonly nextOffset: bigint;
}

/**
 * Follows work through the process, by batch, checkpoint and write; never by record. Each calls `work` once, gives back what
 * it gives, and throws what it throws; tracing never fails it.
 */
export interface RuntimeTracer {
  /** Step 2. Where the records come from is told by their headers. */
  batch<T>(id: TaskId, batch: RecordBatch, work: () => Promise<T>): Promise<T>;
  /** Steps 4 to 6, of the batches since the checkpoint before. */
  checkpoint<T>(id: TaskId, facts: CheckpointFacts, work: () => Promise<T>): Promise<T>;
  /** One write of step 4 or 5 with all that is tried again: `target` is a sink, `dead-letters`, `state`, .. */
  write<T>(target: string, work: () => Promise<T>): Promise<T>;
  /** The id of the trace that the work which asks is part of, if that is kept. */
  currentTrace(): string | undefined;
}

/** Does the work and nothing else. */
export const untraced: RuntimeTracer = {
  batch: (_id, _batch, work) => work(),
  checkpoint: (_id, _facts, work) => work(),
  write: (_target, work) => work(),
  currentTrace: () => undefined,
};
