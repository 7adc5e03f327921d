import type { CloseReason } from '../row/row';
import type { Window } from '../windows/window';

/** The partial aggregate of one key over one window, with what its next checkpoint needs to know. */
export interface Pane {
  readonly keyText: string;
  readonly segment: OpenWindow;
  /** One accumulator for each aggregate of the pipeline, in the order of the definition. */
  readonly accumulators: readonly unknown[];
  /** `N` of the revision: the offset after the last record that changed this pane. */
  changedAt: bigint;
  /** Changed since the last freeze. */
  dirty: boolean;
  /** Whether the store holds, or is being written, a version of this pane. */
  stored: boolean;
  /** Whether the store remembers that the newest row is still to be emitted. */
  pendingStored: boolean;
  /** The delta in which it was last used; tells the cache what is cold. */
  usedIn: number;
}

/** One window that is not closed, with its resident panes. Its `id` names its segment in the state store. */
export interface OpenWindow {
  readonly id: string;
  readonly window: Window;
  readonly panes: Map<string, Pane>;
  /** How many of `panes` are dirty. */
  dirtyPanes: number;
  /** Entries that are in the store and not in `panes`. While it is not 0, a key that is not in `panes` may be stored. */
  absent: number;
  /** Whether the store holds, or is being written, any entry. */
  stored: boolean;
  closing: CloseReason | undefined;
}

/** The name of a window's segment in the state store. */
export function segmentId(window: Window): string {
  return `${window.startMs}:${window.endMs}:${window.zone}`;
}

/** The inverse of {@link segmentId}. */
export function segmentWindow(id: string): Window {
  const [startMs, endMs, ...zone] = id.split(':');
  return { startMs: Number(startMs), endMs: Number(endMs), zone: zone.join(':') };
}
