import type { CloseReason } from '../row/row';
import type { Window } from '../windows/window';
import type { Entry, Segment } from './entry';

/** The partial aggregate of one key over one window or slice. */
export interface Pane extends Entry {
  readonly segment: PaneSegment;
  /** One accumulator for each aggregate of the pipeline, in the order of the definition. */
  readonly accumulators: readonly unknown[];
  /** `N` of the revision: the offset after the last record that changed this pane. */
  changedAt: bigint;
  /** What it was last counted to take in memory. */
  bytes: number;
}

/** The panes of one span of event time. Its `id` names its segment in the state store. */
export interface PaneSegment extends Segment {
  readonly window: Window;
  readonly panes: Map<string, Pane>;
}

/**
 * `open`: records may be added. `closing`: its final rows are being made. `kept`: closed, but `late: amend` may still
 * change it. `dropping`: its time is over.
 */
export type WindowPhase = 'open' | 'closing' | 'kept' | 'dropping';

/** One window that is not dropped, with its resident panes. */
export interface OpenWindow extends PaneSegment {
  phase: WindowPhase;
  /** Entries that are in the store and not in `panes`. While it is not 0, a key that is not in `panes` may be stored. */
  absent: number;
  /** Whether the absent entries had their final rows made. */
  scanned: boolean;
  closeReason: CloseReason;
  /** Where closing goes on when one delta could not carry all of its rows. */
  toClose: Iterator<Pane> | undefined;
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

/** Rows of global windows have no window. */
export function shownWindow(window: Window): Window | undefined {
  return window.endMs === Infinity ? undefined : window;
}
