import { TransientError } from '../core/errors';
import type { SegmentSummary } from '../core/ports/state-store.port';
import type { Task } from '../core/task/task';
import { pause } from './back-off';
import type { OwnedState } from './owned-state';

/** Between two chunks, so that records, which load what they need by themselves, come first. */
const BREATH_MS = 5;

/**
 * Loads the state of a task that is already at work, as much as its cache takes: nobody waits for a million keys after
 * a claim. What the store does not give now, records ask for. Throws FatalError for what this build cannot decode.
 */
export async function warmUp(
  state: OwnedState,
  task: Task,
  { segments, signal }: { readonly segments: readonly SegmentSummary[]; readonly signal: AbortSignal },
): Promise<void> {
  try {
    for (const { id } of segments) {
      for await (const entries of state.scan(id)) {
        if (signal.aborted || !task.warm(entries)) return;
        await pause(BREATH_MS, signal);
      }
    }
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
  }
}
