import type { SlicePlan } from './slices';
import type { Window, WindowAssigner } from './window';

/** The windows that are runs of slices, all of them: what the slices spare is to have state for each. */
export class SlicedWindowAssigner implements WindowAssigner {
  constructor(private readonly plan: SlicePlan) {}

  assign(eventTimeMs: number): readonly Window[] {
    return this.plan.windowsOver(this.plan.sliceAt(eventTimeMs));
  }
}
