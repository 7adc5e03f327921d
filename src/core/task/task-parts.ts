import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import { SeenSources } from '../repartition/seen-sources';
import { Changes } from './changes';
import { createTaskWindows } from './create-task-windows';
import { Delta } from './delta';
import { Forwarder } from './forwarder';
import { Forwarding } from './forwarding';
import { Intake } from './intake';
import { Parking } from './parking';
import { RangePartials } from './range-partials';
import { RecordNeeds } from './record-needs';
import { RecordReader } from './record-reader';
import { Releases } from './releases';
import { StreamTime } from './stream-time';
import type { MutableCounts } from './task-counts';
import type { TaskOptions } from './task-options';
import type { TaskWindows } from './task-windows';

/** What a task is made of, as the checkpoint says; one object for each concern, `record-processor.ts` for the order of work. */
export interface TaskParts {
  readonly pipeline: CompiledPipeline;
  readonly counts: MutableCounts;
  readonly changes: Changes;
  readonly windows: TaskWindows;
  readonly delta: Delta;
  readonly time: StreamTime;
  readonly reader: RecordReader;
  readonly needs: RecordNeeds;
  readonly parking: Parking;
  readonly intake: Intake;
  readonly releases: Releases;
  /** There in stage 1 of a repartitioned pipeline, in place of `intake` and `releases`. */
  readonly forwarder: Forwarder | undefined;
  /** There in stage 2. */
  readonly sources: SeenSources | undefined;
}

/** `position` is the offset of the next record. */
export function taskParts(options: TaskOptions, position: bigint): TaskParts {
  const { id, pipeline, checkpoint, onLate } = options;
  const progress = checkpoint?.progress;
  const counts = progress ? { ...progress.counts } : { accepted: 0, filtered: 0, late: 0, dead: 0 };
  const changes = new Changes();
  const partials = rangePartials(options, changes, position);
  const forwarding = options.forwards ? new Forwarding(partials) : undefined;
  const windows = forwarding ?? createTaskWindows({ ...options, changes });
  const sources = seenSources(options);
  const time = new StreamTime({ pipeline, windows, sources, restored: progress });
  const parking = new Parking(options);
  const delta = new Delta({ ...options, parked: parking.records, windows, changes });
  if (progress) delta.restoreFeedId(progress.feedId);
  const reader = new RecordReader(options);
  const shared = { id, pipeline, counts, changes, windows, sources, time, parking, delta, reader };
  const intake = new Intake({ ...shared, onLate });
  return {
    ...{ ...shared, intake },
    needs: new RecordNeeds(shared),
    releases: new Releases({ ...shared, intake }),
    forwarder: forwarding && new Forwarder({ ...shared, forwarding, partials }),
  };
}

function seenSources({ pipeline, sourcePartitions, checkpoint }: TaskOptions): SeenSources | undefined {
  if (sourcePartitions === undefined) return undefined;
  const restored = checkpoint?.progress.sources ?? [];
  return new SeenSources(sourcePartitions, { restored, takesPartials: pipeline.partials !== undefined });
}

function rangePartials(options: TaskOptions, changes: Changes, position: bigint): RangePartials | undefined {
  const { id, pipeline, checkpoint, forwards } = options;
  const { partials } = pipeline;
  if (!forwards || !partials) return undefined;
  return new RangePartials({
    ...{ source: id.partition, pipeline, partials, changes, position, segments: checkpoint?.segments ?? [] },
  });
}
