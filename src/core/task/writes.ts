import type { EntryRef } from '../ports/state-store.port';
import type { Row } from '../row/row';

/** What one freeze gathers for the sinks and the store, beside changed entries. */
export interface Writes {
  readonly rows: Row[];
  readonly removals: EntryRef[];
  readonly droppedSegments: string[];
  readonly pendingCleared: EntryRef[];
}

export function emptyWrites(): Writes {
  return { rows: [], removals: [], droppedSegments: [], pendingCleared: [] };
}
