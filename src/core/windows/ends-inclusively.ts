import type { WindowDefinition } from '../pipeline/definition';

/** Whether `end` is the time of a record in the window, or the least time after it; `semantics.md` section 3. */
export function endsInclusively(window: WindowDefinition | undefined): boolean {
  return window?.kind === 'session' || window?.kind === 'sliding' || window?.kind === 'count';
}
