import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { Checkpoint } from '../ports/state-store.port';
import { createPaneAssigner, createSlicePlan } from '../windows/create-window-assigner';
import type { Changes } from './changes';
import { CountKind } from './count-kind';
import { KeyedWindows } from './keyed-windows';
import { Moves } from './moves';
import { PaneWindows } from './pane-windows';
import { RowFactory } from './row-factory';
import { SessionKind } from './session-kind';
import { SlicedWindows } from './sliced-windows';
import { SlidingKind } from './sliding-kind';
import { StatelessRows } from './stateless-rows';
import type { TaskId } from './task-id';
import type { TaskWindows } from './task-windows';

export interface TaskWindowsOptions {
  readonly id: TaskId;
  readonly pipeline: CompiledPipeline;
  readonly generation: bigint;
  readonly checkpoint: Checkpoint | undefined;
  readonly changes: Changes;
  /** Bound of the resident state, for kinds of which it may leave memory. */
  readonly cacheBytes: number;
  /** See `KeyedWindowsOptions`. */
  readonly shownUpTo: bigint;
}

/** The way of keeping state that a kind of window needs. */
export function createTaskWindows(options: TaskWindowsOptions): TaskWindows {
  const { id, pipeline, generation } = options;
  const { window } = pipeline.definition.spec;
  if (!window) return new StatelessRows(pipeline, generation, id.partition);
  const common = { ...options, rows: new RowFactory(pipeline, generation) };
  const { graceMs, amendMs } = pipeline;
  switch (window.kind) {
    case 'tumbling':
    case 'calendar':
    case 'global':
      return new PaneWindows({
        ...common,
        assigner: createPaneAssigner(window),
        moves: Moves.of(pipeline, generation),
      });
    case 'hopping':
    case 'cumulative':
      return new SlicedWindows({ ...common, plan: createSlicePlan(window) });
    case 'session':
      return new KeyedWindows({ ...common, kind: new SessionKind(window.gap, graceMs, amendMs) });
    case 'sliding':
      return new KeyedWindows({ ...common, kind: new SlidingKind(window.size, graceMs, amendMs) });
    case 'count':
      return new KeyedWindows({ ...common, kind: new CountKind(window.size) });
  }
}
