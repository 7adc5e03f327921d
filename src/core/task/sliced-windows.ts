import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { Checkpoint, EntryRef } from '../ports/state-store.port';
import type { CloseReason, Row } from '../row/row';
import type { SlicePlan } from '../windows/slices';
import type { Window } from '../windows/window';
import { addRecord, emptyAccumulators, mergeAccumulators } from './accumulate';
import { AlwaysResident } from './always-resident';
import type { Changes } from './changes';
import { type Pane, type PaneSegment, segmentId, segmentWindow } from './pane';
import { PaneCache } from './pane-cache';
import { encodePane, paneValueBytes } from './pane-codec';
import type { RowContent, RowFactory } from './row-factory';
import { type Contribution, type Lateness, ON_TIME, type StateSize, type TaskWindows } from './task-windows';
import type { Writes } from './writes';

export interface SlicedWindowsOptions {
  readonly pipeline: CompiledPipeline;
  readonly plan: SlicePlan;
  readonly checkpoint: Checkpoint | undefined;
  readonly changes: Changes;
  readonly rows: RowFactory;
}

/** One slice with its panes and the windows that hold it. */
interface Slice extends PaneSegment {
  /** In order of their end. */
  readonly windows: readonly Window[];
  /** Index of the first of `windows` that is not closed. */
  next: number;
}

/** A window whose final rows are being made. */
interface Closing {
  readonly window: Window;
  readonly slices: readonly Slice[];
  readonly keys: Iterator<string>;
}

/**
 * Windows that are runs of slices: hopping and cumulative. A record changes one pane however many windows hold it; a
 * row is merged from the panes of its slices, in order of time, when it is due. So the sums of a row do not depend on
 * where checkpoints were.
 */
export class SlicedWindows extends AlwaysResident implements TaskWindows {
  /** A later record could change a slice that a closing window shares with an open one. */
  readonly closesFirst = true;
  firstStartMs: number;
  /** In order of time. */
  private slices: Slice[] = [];
  private readonly byId = new Map<string, Slice>();
  private readonly cache: PaneCache;
  private last: Slice | undefined;
  private watermarkMs: number;
  private reason: CloseReason = 'watermark';
  private closing: Closing | undefined;
  private dueMs = Infinity;
  /** Rows of updates that `emittedIn` holds already: panes of one key share windows. */
  private readonly emittedRows = new Set<string>();
  private emittedIn: Writes | undefined;
  /** Rows of closed windows that a late record has changed since they were emitted. */
  private readonly amended = new Map<string, { window: Window; keyText: string }>();
  /** At most the watermark, epoch ms, at which the first of them may not be changed any more. */
  private amendmentsDueMs = Infinity;
  private readonly lateness = { latenessMs: ON_TIME, amended: false };

  constructor(private readonly options: SlicedWindowsOptions) {
    super();
    const { pipeline, checkpoint } = options;
    this.cache = new PaneCache(pipeline, Infinity);
    this.watermarkMs = checkpoint?.progress.watermarkMs ?? -1;
    this.firstStartMs = checkpoint?.progress.firstWindowStartMs ?? -1;
    const closedMs = checkpoint?.progress.closedMs ?? -1;
    for (const { id } of checkpoint?.segments ?? []) this.addSlice(segmentWindow(id), closedMs).stored = true;
  }

  get size(): StateSize {
    const open = new Set<string>();
    for (const { windows, next } of this.slices) for (const window of windows.slice(next)) open.add(segmentId(window));
    return { openWindows: open.size, keys: this.cache.residentPanes, bytes: this.cache.residentBytes };
  }

  override get nextDueMs(): number {
    return Math.min(this.dueMs, this.amendmentsDueMs);
  }

  get closable(): number {
    return this.closing || this.isDue ? 1 : 0;
  }

  closedMs(watermarkMs: number): number {
    const next = this.closing?.window ?? this.nextToClose();
    return next ? Math.min(watermarkMs, next.endMs + this.options.pipeline.graceMs - 1) : watermarkMs;
  }

  add(contribution: Contribution): Lateness {
    const { pipeline, changes } = this.options;
    const { lateness, watermarkMs } = this;
    const slice = this.sliceAt(contribution.at.timeMs);
    const lastEndMs = slice.windows.at(-1)!.endMs;
    const isLate = lastEndMs + pipeline.graceMs <= watermarkMs;
    lateness.latenessMs = isLate ? watermarkMs - lastEndMs : ON_TIME;
    lateness.amended = pipeline.amendMs > 0 && this.amend(slice, contribution.keyText);
    if (isLate && !lateness.amended) return lateness;
    const pane = this.paneOf(slice, contribution.keyText);
    addRecord(pipeline.aggregates, pane.accumulators, contribution);
    pane.changedAt = contribution.next;
    changes.changed(pane, pane.dirty ? 0 : paneValueBytes(pipeline.aggregates, pane));
    if (pipeline.emitOnUpdate || lateness.amended) changes.awaitEmission(pane);
    return lateness;
  }

  advance(watermarkMs: number, reason: CloseReason): void {
    this.watermarkMs = watermarkMs;
    this.reason = reason;
  }

  close(writes: Writes, maxRows: number): void {
    while (this.closing || this.isDue) {
      this.closing ??= this.startClosing();
      if (!this.closing) break;
      if (!this.closeRows(this.closing, writes, maxRows)) return;
      this.finish(this.closing);
      this.closing = undefined;
    }
    if (this.amendmentsDueMs <= this.watermarkMs) this.emitExpiring(writes);
    this.dropSlices(writes);
  }

  /** With the other panes of the key, whose windows are partly the same: no row of them comes again in the next delta. */
  emit({ keyText }: Pane, writes: Writes): void {
    const { pending } = this.options.changes;
    if (this.emittedIn !== writes) this.emittedRows.clear();
    this.emittedIn = writes;
    for (const { panes } of this.slices) {
      const pane = panes.get(keyText);
      if (pane && pending.has(pane)) this.emitPane(pane, writes);
    }
  }

  private emitPane(pane: Pane, writes: Writes): void {
    const { pipeline, changes } = this.options;
    for (const window of (pane.segment as Slice).windows) {
      const row = rowName(window, pane.keyText);
      const isClosed = this.isClosed(window);
      if (isClosed ? !this.amended.delete(row) : !pipeline.emitOnUpdate || this.emittedRows.has(row)) continue;
      this.emittedRows.add(row);
      writes.rows.push(this.rowOf(this.contentOf(window, this.slicesOf(window), pane.keyText), isClosed));
    }
    changes.emitted(pane, writes);
  }

  /** After a restore: which closed windows a pending pane had changed is not known, so all that are kept count. */
  restorePending(pane: Pane): void {
    this.amend(pane.segment as Slice, pane.keyText);
  }

  encode(pane: Pane): Uint8Array {
    this.cache.recount(pane);
    return encodePane(this.options.pipeline, pane);
  }

  restore({ segment, entry }: EntryRef, value: Uint8Array): void {
    const slice = this.byId.get(segment);
    if (slice && !slice.panes.has(entry)) this.cache.restore(slice, entry, value, this.options.changes.sequence);
  }

  resident({ segment, entry }: EntryRef): Pane | undefined {
    return this.byId.get(segment)?.panes.get(entry);
  }

  private sliceAt(eventTimeMs: number): Slice {
    const { last } = this;
    if (last && eventTimeMs >= last.window.startMs && eventTimeMs < last.window.endMs) return last;
    const window = this.options.plan.sliceAt(eventTimeMs);
    // A slice that nothing is added to is not kept: see `paneOf`.
    this.last = this.byId.get(segmentId(window)) ?? this.newSlice(window, this.watermarkMs);
    return this.last;
  }

  private paneOf(slice: Slice, keyText: string): Pane {
    if (!this.byId.has(slice.id)) this.keep(slice);
    return slice.panes.get(keyText) ?? this.cache.create(slice, keyText, this.options.changes.sequence);
  }

  private addSlice(window: Window, closedMs: number): Slice {
    const slice = this.newSlice(window, closedMs);
    this.keep(slice);
    return slice;
  }

  private newSlice(window: Window, closedMs: number): Slice {
    const windows = this.options.plan.windowsOver(window);
    const firstOpen = windows.findIndex(({ endMs }) => endMs + this.options.pipeline.graceMs > closedMs);
    const next = firstOpen < 0 ? windows.length : firstOpen;
    return { id: segmentId(window), window, windows, next, panes: new Map(), dirtyEntries: 0, stored: false };
  }

  private keep(slice: Slice): void {
    this.byId.set(slice.id, slice);
    let at = this.slices.length;
    while (at > 0 && this.slices[at - 1]!.window.startMs > slice.window.startMs) at--;
    this.slices.splice(at, 0, slice);
    const startMs = Math.min(...slice.windows.map((window) => window.startMs));
    if (this.firstStartMs < 0 || startMs < this.firstStartMs) this.firstStartMs = startMs;
    this.findDue();
  }

  private get isDue(): boolean {
    return this.nextDueMs <= this.watermarkMs && this.slices.length > 0;
  }

  /** Notes the closed windows that a record of this slice changes; false if there are none. */
  private amend({ windows }: Slice, keyText: string): boolean {
    let any = false;
    for (const window of windows) {
      if (!this.isClosed(window) || !this.isKept(window)) continue;
      this.amended.set(rowName(window, keyText), { window, keyText });
      this.amendmentsDueMs = Math.min(this.amendmentsDueMs, this.expiresAt(window));
      any = true;
    }
    return any;
  }

  /** Amendments of windows that no later record may change: what comes next for their slices is not for them. */
  private emitExpiring(writes: Writes): void {
    this.amendmentsDueMs = Infinity;
    for (const [row, { window, keyText }] of this.amended) {
      if (this.isKept(window)) {
        this.amendmentsDueMs = Math.min(this.amendmentsDueMs, this.expiresAt(window));
        continue;
      }
      this.amended.delete(row);
      writes.rows.push(this.rowOf(this.contentOf(window, this.slicesOf(window), keyText), true));
    }
  }

  private isClosed({ endMs }: Window): boolean {
    return endMs + this.options.pipeline.graceMs <= this.watermarkMs;
  }

  private isKept(window: Window): boolean {
    return this.expiresAt(window) > this.watermarkMs;
  }

  /** The least watermark at which no record changes the window any more. */
  private expiresAt({ endMs }: Window): number {
    const { amendMs, graceMs } = this.options.pipeline;
    return endMs + graceMs + amendMs;
  }

  private startClosing(): Closing | undefined {
    const window = this.nextToClose();
    if (!window || window.endMs + this.options.pipeline.graceMs > this.watermarkMs) return undefined;
    const slices = this.slicesOf(window);
    const keys = new Set<string>();
    for (const { panes } of slices) for (const key of panes.keys()) keys.add(key);
    return { window, slices, keys: keys.values() };
  }

  /** Whether every key has had its final row. */
  private closeRows({ window, slices, keys }: Closing, writes: Writes, maxRows: number): boolean {
    const { emitOnClose, emitOnUpdate } = this.options.pipeline;
    while (writes.rows.length < maxRows) {
      const next = keys.next();
      if (next.done === true) return true;
      const keyText = next.value;
      const isDue = emitOnClose || (emitOnUpdate && this.isPending(slices, keyText));
      if (isDue) writes.rows.push(this.rowOf(this.contentOf(window, slices, keyText), true));
    }
    return false;
  }

  private isPending(slices: readonly Slice[], keyText: string): boolean {
    return slices.some(({ panes }) => {
      const pane = panes.get(keyText);
      return pane !== undefined && this.options.changes.pending.has(pane);
    });
  }

  private finish({ window, slices }: Closing): void {
    for (const slice of slices) if (sameWindow(slice.windows[slice.next], window)) slice.next++;
    this.findDue();
  }

  /** Forgets slices of which no window is open or kept. */
  private dropSlices(writes: Writes): void {
    const isOver = ({ windows, next }: Slice): boolean => next >= windows.length && !this.isKept(windows.at(-1)!);
    const over = this.slices.filter(isOver);
    if (over.length === 0) return;
    for (const slice of over) {
      this.options.changes.closing(slice);
      for (const pane of slice.panes.values()) {
        this.options.changes.removed(pane, writes, { withSegment: true });
        this.cache.remove(pane);
      }
      if (slice.stored) writes.droppedSegments.push(slice.id);
      this.byId.delete(slice.id);
    }
    if (this.last && isOver(this.last)) this.last = undefined;
    this.slices = this.slices.filter((slice) => !over.includes(slice));
    this.findDue();
  }

  private slicesOf({ startMs, endMs }: Window): readonly Slice[] {
    return this.slices.filter(({ window }) => window.startMs >= startMs && window.endMs <= endMs);
  }

  /** The open window that ends first; of several the one that starts first. */
  private nextToClose(): Window | undefined {
    let first: Window | undefined;
    for (const { windows, next } of this.slices) {
      const window = windows[next];
      if (window && (!first || isBefore(window, first))) first = window;
    }
    return first;
  }

  private findDue(): void {
    const { graceMs, amendMs } = this.options.pipeline;
    const closes = this.nextToClose()?.endMs ?? Infinity;
    let drops = Infinity;
    for (const { windows, next } of this.slices) {
      if (next >= windows.length) drops = Math.min(drops, windows.at(-1)!.endMs + amendMs);
    }
    this.dueMs = Math.min(closes, drops) + graceMs;
  }

  /** The merged panes of a key, the earliest first. */
  private contentOf(window: Window, slices: readonly Slice[], keyText: string): RowContent {
    const { aggregates } = this.options.pipeline;
    let only: Pane | undefined;
    let merged: unknown[] | undefined;
    let changedAt = 0n;
    for (const { panes } of slices) {
      const pane = panes.get(keyText);
      if (!pane) continue;
      if (pane.changedAt > changedAt) ({ changedAt } = pane);
      if (!only) {
        only = pane;
        continue;
      }
      if (!merged) {
        merged = emptyAccumulators(aggregates);
        mergeAccumulators(aggregates, merged, only.accumulators);
      }
      mergeAccumulators(aggregates, merged, pane.accumulators);
    }
    return { keyText, window, accumulators: merged ?? only!.accumulators, changedAt };
  }

  private rowOf(content: RowContent, isClosed: boolean): Row {
    const { pipeline, rows } = this.options;
    return isClosed && pipeline.emitOnClose ? rows.final(content, this.reason) : rows.update(content);
  }
}

function isBefore(a: Window, b: Window): boolean {
  return a.endMs !== b.endMs ? a.endMs < b.endMs : a.startMs < b.startMs;
}

function rowName({ startMs, endMs }: Window, keyText: string): string {
  return `${startMs}:${endMs}:${keyText}`;
}

function sameWindow(a: Window | undefined, b: Window): boolean {
  return a !== undefined && a.startMs === b.startMs && a.endMs === b.endMs;
}
