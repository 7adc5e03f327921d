import type { TaskStatus } from '../runtime/pipeline-status';
import type { CommittedTask } from './committed-tasks';

/** How much of the input an answer reflects. */
export interface AsOf {
  /** Partition -> offset of the first record that the answer does not reflect. */
  readonly offsets: Readonly<Record<string, string>>;
  /** The least watermark of the tasks that have one, epoch ms. */
  readonly watermarkMs?: number;
  /** Upper bound of the age of the last commit; absent when a task with work left is owned by another process. */
  readonly stalenessMs?: number;
}

export function asOf(committed: readonly CommittedTask[], owned: readonly TaskStatus[]): AsOf {
  const offsets = committed.map(({ task, checkpoint }) => [task.partition, checkpoint.progress.nextOffset.toString()]);
  const watermarks = committed.map(({ checkpoint }) => checkpoint.progress.watermarkMs).filter((ms) => ms >= 0);
  const stalenessMs = stalenessOf(committed, owned);
  return {
    offsets: Object.fromEntries(offsets) as Record<string, string>,
    ...(watermarks.length > 0 && { watermarkMs: Math.min(...watermarks) }),
    ...(stalenessMs !== undefined && { stalenessMs }),
  };
}

/** A task that has committed all it has seen, and seen all there is, is not stale however old its commit is. */
function stalenessOf(committed: readonly CommittedTask[], owned: readonly TaskStatus[]): number | undefined {
  const byPartition = new Map(owned.map((status) => [status.partition, status]));
  let stalenessMs = 0;
  for (const { task, checkpoint } of committed) {
    const status = byPartition.get(task.partition);
    if (!status) return undefined;
    const caughtUp = status.lagRecords === 0 && status.nextOffset === checkpoint.progress.nextOffset.toString();
    if (!caughtUp) stalenessMs = Math.max(stalenessMs, status.checkpointAgeMs);
  }
  return stalenessMs;
}

/** HTTP headers of {@link AsOf}. */
export function asOfHeaders(value: AsOf): Readonly<Record<string, string>> {
  return {
    'millrace-as-of-offsets': JSON.stringify(value.offsets),
    ...(value.watermarkMs !== undefined && { 'millrace-as-of-watermark': new Date(value.watermarkMs).toISOString() }),
    ...(value.stalenessMs !== undefined && { 'millrace-staleness-ms': String(Math.round(value.stalenessMs)) }),
  };
}

/** The span of window starts that the tasks can have made rows for; either end is absent while nothing is known. */
export function spanOf(committed: readonly CommittedTask[]): { readonly fromMs?: number; readonly toMs?: number } {
  const progress = committed.map(({ checkpoint }) => checkpoint.progress);
  const starts = progress.map(({ firstWindowStartMs }) => firstWindowStartMs).filter((ms) => ms >= 0);
  const streamTimeMs = Math.max(-1, ...progress.map((task) => task.streamTimeMs));
  return {
    ...(starts.length > 0 && { fromMs: Math.min(...starts) }),
    // No window starts after the newest record.
    ...(streamTimeMs >= 0 && { toMs: streamTimeMs + 1 }),
  };
}
