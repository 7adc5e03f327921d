import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { PipelineDefinition } from '../core/pipeline/definition';
import { type Problem, problemText } from '../core/pipeline/problem';
import { sinkName } from '../core/pipeline/sink-name';
import { windowText } from '../core/plan/window-text';
import type { TaskCounts } from '../core/ports/state-store.port';
import type { PipelineState, PipelineStatus } from '../runtime/pipeline-status';
import type { ClosedRows } from '../runtime/pipeline-tally';
import type { RefusedPipeline } from '../runtime/pipelines';
import { latenessView, type LatenessView } from './lateness-view';
import type { TaskView, TimeView } from './task-view';

export interface PipelineView {
  readonly name: string;
  readonly description?: string;
  readonly state: PipelineState;
  readonly reason?: string;
  readonly partitions: number;
  readonly key: readonly string[];
  /** In words; absent for a stateless pipeline. */
  readonly window?: string;
  readonly aggregates: readonly string[];
  /** As they label metrics. */
  readonly sinks: readonly string[];
  readonly totals: TaskCounts;
  /** The internal topic that the tasks read, and those that fill it; absent without one. */
  readonly repartition?: RepartitionView;
  /** Of the tasks that this process owns, those of its shuffle included; absent when it owns none. */
  readonly lagRecords?: number;
  /** Of this process since it started; absent when it computes nothing of the pipeline, or no record can be late. */
  readonly lateness?: LatenessView;
  /** Final rows of this process since it started, by why their window was closed. */
  readonly closedRows?: ClosedRows;
  /** The least of the tasks that have one. */
  readonly watermark: TimeView | null;
  readonly tasks: readonly TaskView[];
  /** Defaults filled in, durations in milliseconds. */
  readonly definition: PipelineDefinition;
}

export interface RepartitionView {
  readonly topic: string;
  /** One for each partition of the source topic. */
  readonly tasks: readonly TaskView[];
}

export interface RefusedPipelineView {
  readonly name: string;
  readonly state: 'refused';
  readonly reason: string;
  readonly problems: readonly (Problem & { readonly text: string })[];
}

export function pipelineView(
  pipeline: CompiledPipeline,
  status: PipelineStatus | undefined,
  tasks: readonly TaskView[],
  repartition?: RepartitionView,
): PipelineView {
  const { description } = pipeline.definition.metadata;
  const { window } = pipeline.definition.spec;
  const shuffle = repartition?.tasks ?? [];
  const lags = [...tasks, ...shuffle].flatMap(({ lagRecords }) => (lagRecords === undefined ? [] : [lagRecords]));
  const watermarks = tasks.flatMap(({ watermark }) => (watermark ? [watermark] : []));
  return {
    name: pipeline.name,
    ...(description !== undefined && { description }),
    state: status?.state ?? 'starting',
    ...(status?.reason !== undefined && { reason: status.reason }),
    partitions: tasks.length,
    key: pipeline.keyNames,
    ...(window && { window: windowText(window) }),
    aggregates: pipeline.aggregates.map(({ name }) => name),
    sinks: pipeline.sinks.map(sinkName),
    totals: totalsOf(tasks, shuffle),
    ...(repartition && { repartition }),
    ...(lags.length > 0 && { lagRecords: sum(lags) }),
    ...(status?.lateness && canBeLate(pipeline) && { lateness: latenessView(status.lateness, pipeline.graceMs) }),
    ...(status?.closedRows && { closedRows: status.closedRows }),
    watermark: watermarks.reduce<TimeView | null>((least, time) => (!least || time.ms < least.ms ? time : least), null),
    tasks,
    definition: pipeline.definition,
  };
}

export function refusedPipelineView({ name, problems }: RefusedPipeline): RefusedPipelineView {
  return {
    name,
    state: 'refused',
    reason: problems[0] ? problemText(problems[0]) : 'The definition was refused.',
    problems: problems.map((problem) => ({ ...problem, text: problemText(problem) })),
  };
}

function canBeLate({ definition }: CompiledPipeline): boolean {
  return definition.spec.window !== undefined && 'grace' in definition.spec.window;
}

/** What a shuffle accepts, the tasks that it reaches count. */
function totalsOf(tasks: readonly TaskView[], shuffle: readonly TaskView[]): TaskCounts {
  const total = (name: keyof TaskCounts, of: readonly TaskView[]): number =>
    sum(of.map(({ counts }) => counts?.[name] ?? 0));
  const all = [...tasks, ...shuffle];
  return {
    accepted: total('accepted', tasks),
    filtered: total('filtered', all),
    late: total('late', tasks),
    dead: total('dead', all),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
