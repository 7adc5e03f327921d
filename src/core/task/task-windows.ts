import type { RecordPlace } from '../aggregates/aggregator';
import type { Fields } from '../pipeline/compiled-pipeline';
import type { EntryRef, EntryWrite } from '../ports/state-store.port';
import type { CloseReason } from '../row/row';
import type { Entry } from './entry';
import type { Moves } from './moves';
import type { Writes } from './writes';

/** What one record adds. Reused for the next record: copy, never keep. */
export interface Contribution {
  readonly keyText: string;
  /** The decoded record. */
  readonly fields: Fields;
  /** One argument for each aggregate; `undefined` where the aggregate ignores the record. */
  readonly args: readonly unknown[];
  readonly at: RecordPlace;
  /** The zone that the record names, for calendar windows of `zoneField`; else not looked at. */
  readonly zone: string;
  /** `N` of `semantics.md` section 7: the offset after the record's. */
  readonly next: bigint;
}

/** A contribution was added to every window that holds it and is open. */
export const ON_TIME = -1;

/** Whether a late record changed a window that `late: amend` keeps. */
export interface Lateness {
  /** `W - end` in ms of its latest window, or {@link ON_TIME}. */
  readonly latenessMs: number;
  readonly amended: boolean;
}

export interface StateSize {
  readonly openWindows: number;
  readonly keys: number;
  readonly bytes: number;
}

/**
 * The windows of one task that are not closed, and the state in them. One implementation for each way of sharing
 * state: a pane for each key and window, slices that windows share, or all windows of a key in one entry.
 *
 * The task says how far the watermark is; what that closes is counted in `closable` until `close` has made its rows.
 */
export interface TaskWindows {
  readonly size: StateSize;
  /** Start of the earliest window that ever was there, epoch ms; -1 if none. */
  readonly firstStartMs: number;
  /** Epoch ms of watermark at which there is something to close next, at the earliest; Infinity if there is nothing. */
  readonly nextDueMs: number;
  /** About how many rows wait for `close`. */
  readonly closable: number;
  /** Whether records must wait while anything is closable, because they could change what is being closed. */
  readonly closesFirst: boolean;
  /** There where rows move within tables. */
  readonly moves?: Moves | undefined;
  /**
   * Every window with `end + grace` up to here has been closed, and its rows were given to `close`'s writes. Epoch ms.
   * Committed with the state, so that a new owner does not close them again.
   */
  closedMs(watermarkMs: number): number;

  add(contribution: Contribution): Lateness;
  /** For `emit.on: record`: adds the rows of the record that was added last, as they are after it. */
  takeRecordRows?(writes: Writes): void;
  advance(watermarkMs: number, reason: CloseReason): void;
  /** Makes final rows until `writes` holds `maxRows`, and drops state that nothing needs any more. */
  close(writes: Writes, maxRows: number): void;
  /** Adds the rows of a pending entry. */
  emit(entry: Entry, writes: Writes): void;
  encode(entry: Entry): Uint8Array;

  /** Makes a stored entry resident, unless it is. */
  restore(ref: EntryRef, value: Uint8Array): void;
  /**
   * Makes entries of open windows resident that were read ahead of the records that may need them. False once that has
   * to end: little room is left, or state has left memory, since when what was read may be older than what is stored.
   */
  warm(entries: readonly EntryWrite[]): boolean;
  resident(ref: EntryRef): Entry | undefined;
  /** The store remembers that rows of this entry were not emitted. */
  restorePending(entry: Entry): void;

  /** Whether all state is resident all the time, so that a new owner has to load it before the first record. */
  readonly alwaysResident: boolean;
  /** Whether a record may need state that is not resident. */
  readonly hasAbsent: boolean;
  /** Entries that may be stored, are not resident, and are needed for a record. */
  absentFor(keyText: string, eventTimeMs: number, zone: string): EntryRef[];
  /** The store was asked for this entry and has none, for the records that come next. */
  knownAbsent(ref: EntryRef): void;
  forgetKnownAbsent(): void;
  /** Adds the row of a pending entry that is not resident. */
  emitStored(entry: EntryWrite, writes: Writes): void;
  /** Every frozen delta is committed: what is clean may leave memory. */
  evict(): void;

  /** The closing window whose stored entries have to be scanned before it can be closed, if any. */
  readonly segmentToScan: string | undefined;
  closeStored(segment: string, entries: readonly EntryWrite[], writes: Writes): void;
  scanned(segment: string): void;
}
