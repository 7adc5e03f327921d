import type { TaskStatus } from '../../src/runtime/pipeline-status';

/** A task that runs and has caught up. */
export function taskStatus(partition: number, changes: Partial<TaskStatus> = {}): TaskStatus {
  return {
    partition,
    state: 'running',
    epoch: '1',
    nextOffset: '0',
    endOffset: '0',
    lagRecords: 0,
    streamTimeMs: null,
    watermarkMs: null,
    counts: { accepted: 0, filtered: 0, late: 0, dead: 0 },
    checkpointAgeMs: 0,
    openWindows: 0,
    stateKeys: 0,
    stateBytes: 0,
    stateBoundBytes: 0,
    parked: { keys: 0, records: 0, first: [] },
    ...changes,
  };
}
