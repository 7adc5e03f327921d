import { FatalError } from '../errors';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import { createPaneAssigner, createSlicePlan } from '../windows/create-window-assigner';
import type { Window } from '../windows/window';

/** Where a record adds to state, and the earliest end of the windows that it is in. */
export interface LocatedPane {
  readonly pane: Window;
  readonly firstEndMs: number;
}

export type PaneLocator = (eventTimeMs: number, zone: string) => LocatedPane;

/** Throws FatalError for kinds of windows that have no panes. */
export function paneLocator({ definition }: CompiledPipeline): PaneLocator {
  const { window } = definition.spec;
  switch (window?.kind) {
    case 'tumbling':
    case 'calendar':
    case 'global': {
      const assigner = createPaneAssigner(window);
      return (eventTimeMs, zone) => {
        const pane = assigner.assign(eventTimeMs, zone)[0]!;
        return { pane, firstEndMs: pane.endMs };
      };
    }
    case 'hopping':
    case 'cumulative': {
      const plan = createSlicePlan(window);
      return (eventTimeMs) => {
        const pane = plan.sliceAt(eventTimeMs);
        return { pane, firstEndMs: plan.windowsOver(pane)[0]!.endMs };
      };
    }
    case 'session':
    case 'sliding':
    case 'count':
    case undefined:
      throw new FatalError(
        `${definition.metadata.name}: records of its windows cannot be aggregated before they are together`,
      );
  }
}
