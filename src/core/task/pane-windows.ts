import { FatalError } from '../errors';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { Checkpoint, EntryRef, EntryWrite } from '../ports/state-store.port';
import type { CloseReason, Row } from '../row/row';
import type { WindowAssigner } from '../windows/window';
import { addRecord } from './accumulate';
import type { Changes } from './changes';
import type { Moves } from './moves';
import { OpenWindows } from './open-windows';
import { type OpenWindow, type Pane, shownWindow } from './pane';
import { PaneCache } from './pane-cache';
import { decodePaneContent, encodePane, paneValueBytes } from './pane-codec';
import type { RowFactory } from './row-factory';
import { type Contribution, type Lateness, ON_TIME, type StateSize, type TaskWindows } from './task-windows';
import type { Writes } from './writes';

/** What no record has asked for leaves memory first. */
const COLD = 0;

export interface PaneWindowsOptions {
  readonly pipeline: CompiledPipeline;
  readonly assigner: WindowAssigner;
  readonly checkpoint: Checkpoint | undefined;
  readonly changes: Changes;
  readonly rows: RowFactory;
  /** For pipelines whose rows move within tables. */
  readonly moves: Moves | undefined;
  /** Bound of the resident state. */
  readonly cacheBytes: number;
}

/**
 * A pane for each key and window: tumbling, calendar and global windows. Panes leave memory when they exceed a bound
 * and come back from the store when a record touches them, so state may be larger than memory.
 */
export class PaneWindows implements TaskWindows {
  readonly closesFirst = false;
  readonly alwaysResident = false;
  firstStartMs: number;
  private readonly windows: OpenWindows;
  private readonly cache: PaneCache;
  private readonly absentKeys = new Set<string>();
  private readonly recordRows: Row[] = [];
  private watermarkMs: number;
  private toClose = 0;
  private readonly lateness = { latenessMs: ON_TIME, amended: false };

  constructor(private readonly options: PaneWindowsOptions) {
    const { pipeline, checkpoint, cacheBytes } = options;
    const closedMs = checkpoint?.progress.closedMs ?? -1;
    this.windows = new OpenWindows(pipeline, checkpoint?.segments ?? [], closedMs);
    this.cache = new PaneCache(pipeline, cacheBytes);
    this.watermarkMs = checkpoint?.progress.watermarkMs ?? -1;
    this.firstStartMs = checkpoint?.progress.firstWindowStartMs ?? -1;
  }

  get moves(): Moves | undefined {
    return this.options.moves;
  }

  get size(): StateSize {
    let keys = this.cache.residentPanes;
    for (const { absent } of this.windows.all()) keys += absent;
    return { openWindows: this.windows.size, keys, bytes: this.cache.residentBytes };
  }

  get nextDueMs(): number {
    return this.windows.nextDueMs;
  }

  get closable(): number {
    return this.toClose;
  }

  closedMs(watermarkMs: number): number {
    const next = this.windows.closing[0];
    return next ? next.window.endMs + this.options.pipeline.graceMs - 1 : watermarkMs;
  }

  add(contribution: Contribution): Lateness {
    const { graceMs, amendMs } = this.options.pipeline;
    const { lateness, watermarkMs } = this;
    let isLate = true;
    lateness.amended = false;
    let latestEndMs = 0;
    for (const window of this.options.assigner.assign(contribution.at.timeMs, contribution.zone)) {
      latestEndMs = window.endMs;
      const isClosed = window.endMs + graceMs <= watermarkMs;
      if (isClosed && window.endMs + graceMs + amendMs <= watermarkMs) continue;
      if (isClosed) lateness.amended = true;
      else isLate = false;
      this.addTo(isClosed ? this.windows.findOrKeep(window) : this.windows.findOrOpen(window), contribution);
    }
    lateness.latenessMs = isLate ? watermarkMs - latestEndMs : ON_TIME;
    return lateness;
  }

  takeRecordRows(writes: Writes): void {
    writes.rows.push(...this.recordRows.splice(0));
  }

  advance(watermarkMs: number, reason: CloseReason): void {
    this.watermarkMs = watermarkMs;
    if (watermarkMs < this.windows.nextDueMs) return;
    for (const window of this.windows.advance(watermarkMs, reason)) {
      if (window.phase === 'dropping' || !this.amends) this.options.changes.closing(window);
    }
    this.countClosable();
  }

  /** As much as one delta may carry, first of all what ended first. */
  close(writes: Writes, maxRows: number): void {
    const { windows } = this;
    for (let first = windows.closing[0]; first && isScanned(first); first = windows.closing[0]) {
      if (!this.closeWindow(first, writes, maxRows)) return this.countClosable();
      windows.closed();
    }
    for (let first = windows.dropping[0]; first; first = windows.dropping[0]) {
      if (!this.dropWindow(first, writes, maxRows)) return this.countClosable();
      windows.dropped();
    }
    this.countClosable();
  }

  emit(pane: Pane, writes: Writes): void {
    // Its row would come again when it is the pane's turn to be closed.
    if ((pane.segment as OpenWindow).phase === 'closing') return;
    writes.rows.push(this.rowOf(pane));
    this.options.changes.emitted(pane, writes);
  }

  encode(pane: Pane): Uint8Array {
    this.cache.recount(pane);
    return encodePane(this.options.pipeline, pane);
  }

  restore({ segment, entry }: EntryRef, value: Uint8Array): void {
    const open = this.windows.byIdOf(segment);
    if (!open || open.panes.has(entry)) return;
    this.makeResident(open, entry, value);
  }

  warm(entries: readonly EntryWrite[]): boolean {
    const { cache, windows, options } = this;
    for (const { segment, entry, value } of entries) {
      if (!cache.takesMore) return false;
      const open = windows.byIdOf(segment);
      if (open?.phase !== 'open' || open.panes.has(entry)) continue;
      if (open.absent > 0) open.absent--;
      options.changes.restored(cache.restore(open, entry, value, COLD));
    }
    return cache.takesMore;
  }

  resident({ segment, entry }: EntryRef): Pane | undefined {
    return this.windows.byIdOf(segment)?.panes.get(entry);
  }

  restorePending(): void {
    // A pane has one row: that it is pending says all.
  }

  get hasAbsent(): boolean {
    for (const window of this.windows.all()) if (window.absent > 0 && this.mayChange(window)) return true;
    return false;
  }

  absentFor(keyText: string, eventTimeMs: number, zone: string): EntryRef[] {
    const refs: EntryRef[] = [];
    for (const window of this.options.assigner.assign(eventTimeMs, zone)) {
      const open = this.windows.find(window);
      if (!open || open.absent === 0 || open.panes.has(keyText)) continue;
      if (!this.absentKeys.has(`${open.id}\n${keyText}`)) refs.push({ segment: open.id, entry: keyText });
    }
    return refs;
  }

  knownAbsent({ segment, entry }: EntryRef): void {
    this.absentKeys.add(`${segment}\n${entry}`);
  }

  forgetKnownAbsent(): void {
    this.absentKeys.clear();
  }

  evict(): void {
    const { changes } = this.options;
    this.cache.evict(this.windows.all(), changes.sequence - 1, {
      // A correction has to be emitted before its window is dropped, and dropping does not ask the store.
      mayGo: (pane) => changes.isClean(pane) && !(isKept(pane) && changes.pending.has(pane)),
      onGone: (pane) => changes.evicted(pane),
    });
  }

  emitStored({ segment, entry, value }: EntryWrite, writes: Writes): void {
    const open = this.windows.byIdOf(segment);
    const { pipeline, rows, changes } = this.options;
    if (!open || open.panes.has(entry)) return;
    const content = { keyText: entry, window: shownWindow(open.window), ...decodePaneContent(pipeline, value) };
    const isFinal = pipeline.emitOnClose && open.phase !== 'open';
    writes.rows.push(isFinal ? rows.final(content, open.closeReason) : rows.update(content));
    changes.emittedStored({ segment, entry }, writes);
  }

  get segmentToScan(): string | undefined {
    const first = this.windows.closing[0];
    return first && !isScanned(first) ? first.id : undefined;
  }

  /** Closes entries that are not resident; those that are get their turn in `close`. */
  closeStored(segment: string, entries: readonly EntryWrite[], writes: Writes): void {
    const open = this.windows.byIdOf(segment);
    if (!open) return;
    for (const { entry, value } of entries) {
      if (open.panes.has(entry)) continue;
      if (this.amends) this.closeAbsent(open, { segment, entry, value }, writes);
      else this.closeAndForget(open, entry, value, writes);
    }
  }

  scanned(segment: string): void {
    const open = this.windows.byIdOf(segment);
    if (!open) return;
    open.scanned = true;
    if (!this.amends) open.absent = 0;
  }

  private get amends(): boolean {
    return this.options.pipeline.amendMs > 0;
  }

  private mayChange({ phase }: OpenWindow): boolean {
    return phase === 'open' || (this.amends && phase !== 'dropping');
  }

  private addTo(open: OpenWindow, contribution: Contribution): void {
    const { pipeline, changes } = this.options;
    const pane = open.panes.get(contribution.keyText) ?? this.createPane(open, contribution.keyText);
    this.moves?.before(pane);
    addRecord(pipeline.aggregates, pane.accumulators, contribution);
    pane.changedAt = contribution.next;
    this.moves?.after(pane, contribution.next);
    changes.changed(pane, pane.dirty ? 0 : paneValueBytes(pipeline.aggregates, pane));
    if (pipeline.emitOnRecord) this.recordRows.push(this.rowOf(pane));
    else if (pipeline.emitOnUpdate || open.phase !== 'open') changes.awaitEmission(pane);
  }

  private createPane(open: OpenWindow, keyText: string): Pane {
    this.mustKnow(open, keyText);
    const { startMs } = open.window;
    if (this.firstStartMs < 0 || startMs < this.firstStartMs) this.firstStartMs = startMs;
    return this.cache.create(open, keyText, this.options.changes.sequence);
  }

  /** A pane that may be stored must never be made anew: that would lose what it holds. */
  private mustKnow(open: OpenWindow, keyText: string): void {
    if (open.absent === 0 || this.absentKeys.has(`${open.id}\n${keyText}`)) return;
    throw new FatalError(`State of key ${keyText} in window ${open.id} was not loaded before its record was processed`);
  }

  private makeResident(open: OpenWindow, entry: string, value: Uint8Array): void {
    if (open.absent > 0) open.absent--;
    this.options.changes.restored(this.cache.restore(open, entry, value, this.options.changes.sequence));
  }

  /** Whether every pane has had its final row. */
  private closeWindow(open: OpenWindow, writes: Writes, maxRows: number): boolean {
    open.toClose ??= open.panes.values();
    while (writes.rows.length < maxRows) {
      const next = open.toClose.next();
      if (next.done === true) {
        open.toClose = undefined;
        if (!this.amends && open.stored) writes.droppedSegments.push(open.id);
        return true;
      }
      this.closePane(next.value, open, writes, { withSegment: true });
    }
    return false;
  }

  private closePane(pane: Pane, open: OpenWindow, writes: Writes, how: { withSegment: boolean }): void {
    const { pipeline, changes, rows } = this.options;
    if (pipeline.emitOnClose)
      writes.rows.push(rows.final({ ...pane, window: shownWindow(open.window) }, open.closeReason));
    else if (changes.pending.has(pane)) writes.rows.push(this.rowOf(pane));
    if (this.amends) return changes.emitted(pane, writes);
    changes.removed(pane, writes, how);
    this.cache.remove(pane);
  }

  /** A scan may give an entry twice: only `scanned` says that nothing is absent any more. */
  private closeAndForget(open: OpenWindow, entry: string, value: Uint8Array, writes: Writes): void {
    const pane = this.cache.restore(open, entry, value, 0);
    this.options.changes.restored(pane);
    this.closePane(pane, open, writes, { withSegment: false });
  }

  /** The entry stays where it is, for late records to correct. */
  private closeAbsent(open: OpenWindow, { segment, entry, value }: EntryWrite, writes: Writes): void {
    const { pipeline, rows, changes } = this.options;
    const ref = { segment, entry };
    if (!pipeline.emitOnClose && !changes.isAwaited(ref)) return;
    const content = { keyText: entry, window: shownWindow(open.window), ...decodePaneContent(pipeline, value) };
    writes.rows.push(pipeline.emitOnClose ? rows.final(content, open.closeReason) : rows.update(content));
    changes.emittedStored(ref, writes);
  }

  /** Whether every amendment that was not emitted has been, so that the segment could go. */
  private dropWindow(open: OpenWindow, writes: Writes, maxRows: number): boolean {
    for (const pane of open.panes.values()) {
      if (writes.rows.length >= maxRows) return false;
      if (this.options.changes.pending.has(pane)) writes.rows.push(this.rowOf(pane));
      this.options.changes.removed(pane, writes, { withSegment: true });
      this.cache.remove(pane);
    }
    if (open.stored) writes.droppedSegments.push(open.id);
    return true;
  }

  /** The row as it stands: corrected and final again for a window that is closed and kept. */
  private rowOf(pane: Pane): Row {
    const { pipeline, rows } = this.options;
    const { window, phase, closeReason } = pane.segment as OpenWindow;
    const content = { ...pane, window: shownWindow(window) };
    return pipeline.emitOnClose && phase !== 'open' ? rows.final(content, closeReason) : rows.update(content);
  }

  private countClosable(): void {
    this.toClose = 0;
    for (const { panes } of this.windows.closing) this.toClose += Math.max(1, panes.size);
    for (const { panes } of this.windows.dropping) this.toClose += Math.max(1, panes.size);
  }
}

function isKept({ segment }: Pane): boolean {
  return (segment as OpenWindow).phase === 'kept';
}

function isScanned({ absent, scanned }: OpenWindow): boolean {
  return absent === 0 || scanned;
}
