import type { Task } from '../core/task/task';
import type { TaskState, TaskStatus } from './pipeline-status';

export interface TaskFacts {
  readonly partition: number;
  /** Undefined until the task is claimed. */
  readonly task: Task | undefined;
  readonly endOffset: bigint;
  readonly epoch: bigint;
  readonly checkpointAgeMs: number;
  readonly stateBoundBytes: number;
  /** Why it needs an operator; why it waits. */
  readonly failure: string | undefined;
  readonly trouble: string | undefined;
}

export function taskStatus(facts: TaskFacts): TaskStatus {
  const { task, endOffset } = facts;
  const position = task?.position ?? 0n;
  const time = task?.time ?? { streamTimeMs: -1, watermarkMs: -1 };
  const size = task?.stateSize ?? { openWindows: 0, keys: 0, bytes: 0 };
  const reason = facts.failure ?? facts.trouble;
  return {
    partition: facts.partition,
    state: stateOf(facts),
    ...(reason !== undefined && { reason }),
    epoch: facts.epoch.toString(),
    nextOffset: position.toString(),
    endOffset: (endOffset > position ? endOffset : position).toString(),
    lagRecords: endOffset > position ? Number(endOffset - position) : 0,
    streamTimeMs: time.streamTimeMs < 0 ? null : time.streamTimeMs,
    watermarkMs: time.watermarkMs < 0 ? null : time.watermarkMs,
    counts: task?.totals ?? { accepted: 0, filtered: 0, late: 0, dead: 0 },
    checkpointAgeMs: facts.checkpointAgeMs,
    openWindows: size.openWindows,
    stateKeys: size.keys,
    stateBytes: size.bytes,
    stateBoundBytes: facts.stateBoundBytes,
    parked: task?.parked ?? { keys: 0, records: 0, first: [] },
  };
}

function stateOf({ task, failure, trouble }: TaskFacts): TaskState {
  if (failure !== undefined) return 'failed';
  if (!task) return 'claiming';
  return trouble !== undefined ? 'paused' : 'running';
}
