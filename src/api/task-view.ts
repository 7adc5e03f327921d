import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { TaskCounts, TaskProgress } from '../core/ports/state-store.port';
import type { ParkedSize } from '../core/task/parked-records';
import { storedRows } from '../core/task/stored-rows';
import type { TaskState, TaskStatus } from '../runtime/pipeline-status';
import type { CommittedTask } from './committed-tasks';

/** A moment of event time, for people and for programs. */
export interface TimeView {
  readonly iso: string;
  readonly ms: number;
}

/**
 * A task as any replica can show it. One that another process owns is `elsewhere`, and shown as of its last commit;
 * `unclaimed` has never been owned; `unknown` is one of which the state store cannot be asked now.
 */
export interface TaskView {
  readonly partition: number;
  readonly state: TaskState | 'elsewhere' | 'unclaimed' | 'unknown';
  readonly reason?: string;
  readonly owner?: string;
  readonly epoch?: string;
  readonly nextOffset?: string;
  readonly endOffset?: string;
  readonly lagRecords?: number;
  readonly streamTime?: TimeView | null;
  readonly watermark?: TimeView | null;
  readonly counts?: TaskCounts;
  readonly checkpointAgeMs?: number;
  readonly openWindows?: number;
  readonly stateKeys?: number;
  readonly stateBytes?: number;
  readonly stateBoundBytes?: number;
  readonly parked?: ParkedSize;
}

export function ownedTaskView(status: TaskStatus, owner: string | undefined): TaskView {
  const { streamTimeMs, watermarkMs, ...rest } = status;
  return {
    ...rest,
    ...(owner !== undefined && { owner }),
    streamTime: timeView(streamTimeMs),
    watermark: timeView(watermarkMs),
  };
}

export function committedTaskView(
  pipeline: CompiledPipeline,
  { task, owner, epoch, checkpoint }: CommittedTask,
): TaskView {
  const { progress, segments } = checkpoint;
  const openWindows = storedRows(pipeline, checkpoint)?.openWindows;
  return {
    partition: task.partition,
    state: 'elsewhere',
    owner,
    epoch: epoch.toString(),
    nextOffset: progress.nextOffset.toString(),
    streamTime: timeView(progress.streamTimeMs),
    watermark: timeView(progress.watermarkMs),
    counts: progress.counts,
    ...(openWindows !== undefined && { openWindows }),
    stateKeys: segments.reduce((keys, segment) => keys + segment.entries, 0),
  };
}

/** {@link TaskProgress} says `-1`, TaskStatus `null`, before the first accepted record. */
export function timeView(ms: TaskProgress['watermarkMs'] | null): TimeView | null {
  return ms === null || ms < 0 ? null : { iso: new Date(ms).toISOString(), ms };
}
