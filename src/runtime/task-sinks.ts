import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Clock } from '../core/ports/clock.port';
import type { ExactRowSink, SinkState, TaskRowSink } from '../core/ports/row-sink.port';
import type { CheckpointDelta, EntryWrite } from '../core/ports/state-store.port';
import type { FrozenDelta } from '../core/task/frozen-delta';
import { sinkSegment } from '../core/task/own-segments';
import type { TaskId } from '../core/task/task-id';
import type { RuntimeObserver } from './runtime-observer';
import { type RuntimeTracer, untraced } from './runtime-tracer';

export interface TaskSinksOptions {
  readonly id: TaskId;
  readonly pipeline: CompiledPipeline;
  readonly sinks: readonly ExactRowSink[];
  /** All entries of a segment of the task's state; throws FencedError for who is not its owner. */
  readonly scan: (segment: string) => AsyncIterable<readonly EntryWrite[]>;
  readonly observer: RuntimeObserver;
  readonly tracer?: RuntimeTracer;
  readonly clock: Clock;
}

type TaskSinksDelta = Pick<FrozenDelta, 'rows' | 'commit' | 'leavesHalfClosed'>;

/** One task's parts of the sinks that show each version of a row once. */
export class TaskSinks {
  private parts: TaskRowSink[] = [];

  constructor(private readonly options: TaskSinksOptions) {}

  /** Part of step 1, after the claim: what the store gives is the checkpoint that the task goes on from. */
  async open(generation: bigint): Promise<void> {
    await this.close();
    const { id, pipeline, sinks } = this.options;
    const sourceTopic = pipeline.definition.spec.source.topic;
    for (const sink of sinks) {
      const state = await this.stateOf(sink);
      this.parts.push(await sink.openFor({ task: id, sourceTopic, generation, state }));
    }
  }

  /** Step 4. Nothing is tried again here: a part that fails is of no use any more, and the task is claimed anew. */
  async write(frozen: TaskSinksDelta, signal: AbortSignal): Promise<CheckpointDelta> {
    const { rows, commit } = frozen;
    if (rows.length === 0 || this.parts.length === 0) return commit;
    const changes = await Promise.all(this.parts.map((part) => this.writeTo(part, frozen, signal)));
    return changes.reduce(withState, commit);
  }

  async close(): Promise<void> {
    const parts = this.parts;
    this.parts = [];
    await Promise.all(parts.map((part) => part.close()));
  }

  private async stateOf({ name }: ExactRowSink): Promise<ReadonlyMap<string, Uint8Array>> {
    const state = new Map<string, Uint8Array>();
    for await (const entries of this.options.scan(sinkSegment(name))) {
      for (const { entry, value } of entries) state.set(entry, value);
    }
    return state;
  }

  private async writeTo(
    part: TaskRowSink,
    { rows, commit, leavesHalfClosed }: TaskSinksDelta,
    signal: AbortSignal,
  ): Promise<PartState> {
    const { pipeline, observer, clock, tracer = untraced } = this.options;
    const beganMs = clock.now();
    const upTo = { nextOffset: commit.progress.nextOffset, leavesHalfClosed };
    const state = await tracer.write(part.name, () => part.write(rows, upTo, signal));
    observer.sinkDuration(pipeline.name, part.name, (clock.now() - beganMs) / 1000);
    observer.rowsEmitted(pipeline.name, part.name, rows.length);
    return { segment: sinkSegment(part.name), ...state };
  }
}

interface PartState extends SinkState {
  readonly segment: string;
}

function withState(delta: CheckpointDelta, { segment, upserts, removals }: PartState): CheckpointDelta {
  return {
    ...delta,
    upserts: [...delta.upserts, ...upserts.map(({ name, value }) => ({ segment, entry: name, value }))],
    removals: [...delta.removals, ...removals.map((entry) => ({ segment, entry }))],
  };
}
