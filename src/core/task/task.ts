import { FatalError, PoisonRecordError } from '../errors';
import type { CompiledPipeline, Fields } from '../pipeline/compiled-pipeline';
import type { Checkpoint, EntryRef, EntryWrite, TaskCounts, TaskProgress } from '../ports/state-store.port';
import type { SourceRecord } from '../ports/record-source.port';
import { encodeKey } from '../row/key';
import type { CloseReason } from '../row/row';
import type { Window } from '../windows/window';
import { Delta } from './delta';
import type { DeltaLimits, FrozenDelta } from './frozen-delta';
import { OpenWindows } from './open-windows';
import type { OpenWindow, Pane } from './pane';
import { PaneCache } from './pane-cache';
import { checkMessageKey } from './message-key';
import type { TaskId } from './task-id';

export interface TaskOptions extends DeltaLimits {
  readonly id: TaskId;
  readonly pipeline: CompiledPipeline;
  readonly generation: bigint;
  readonly checkpoint: Checkpoint | undefined;
  /** Where to begin without a checkpoint. */
  readonly startOffset: bigint;
  /** Bound of the resident state. */
  readonly cacheBytes: number;
  /** Whether equal keys may only be in one partition, so that a message key must be the pipeline's key. */
  readonly keyedByMessage: boolean;
  /** Called with `W - end` in ms for each late record. */
  readonly onLate?: (latenessMs: number) => void;
}

/**
 * The unit of work: turns records of one partition into state and rows. Deterministic and synchronous: it knows no
 * clock, no server and no chance, so the same records in the same order give the same rows, however they are cut
 * into slices and checkpoints.
 *
 * ```
 *  records ──▶ process ──▶ panes (resident state) ──▶ freeze ──▶ FrozenDelta ──▶ (steps 4, 5) ──▶ committed
 *                 ▲                  │ evict                                                          │
 *                 └── hydrate ◀── store ◀─────────────────────────────────────────────────────────────┘
 * ```
 */
export class Task {
  private readonly pipeline: CompiledPipeline;
  private readonly windows: OpenWindows;
  private readonly cache: PaneCache;
  private readonly delta: Delta;
  /** Keys asked of the store and not found there, for the slice that is about to be processed. */
  private readonly knownAbsent = new Set<string>();
  /** The arguments of the record in hand; one array for all records. */
  private readonly args: unknown[] = [];
  /** Where the record in hand stands; one object for all records. */
  private readonly at = { timeMs: -1, offset: -1n };
  private nextOffset: bigint;
  /** Where the task began without a checkpoint. */
  readonly startOffset: bigint;
  private streamTimeMs = -1;
  private watermarkMs = -1;
  private firstWindowStartMs = -1;
  private counts: { -readonly [name in keyof TaskCounts]: number } = { accepted: 0, filtered: 0, late: 0, dead: 0 };

  constructor(private readonly options: TaskOptions) {
    const { pipeline, checkpoint } = options;
    this.pipeline = pipeline;
    this.windows = new OpenWindows(pipeline.graceMs, checkpoint?.segments ?? []);
    this.cache = new PaneCache(pipeline, options.cacheBytes);
    this.delta = new Delta({ ...options, windows: this.windows, cache: this.cache });
    this.nextOffset = checkpoint?.progress.nextOffset ?? options.startOffset;
    this.startOffset = checkpoint?.progress.startOffset ?? options.startOffset;
    if (!checkpoint) return;
    const { progress } = checkpoint;
    this.streamTimeMs = progress.streamTimeMs;
    this.watermarkMs = progress.watermarkMs;
    this.firstWindowStartMs = progress.firstWindowStartMs;
    this.counts = { ...progress.counts };
    this.delta.restoreFeedId(progress.feedId);
    this.startClosing('watermark');
  }

  get generation(): bigint {
    return this.options.generation;
  }

  /** The offset of the next record to process. */
  get position(): bigint {
    return this.nextOffset;
  }

  /** Stream time `S` and watermark `W`, epoch ms; `-1` before the first accepted record. */
  get time(): { readonly streamTimeMs: number; readonly watermarkMs: number } {
    return { streamTimeMs: this.streamTimeMs, watermarkMs: this.watermarkMs };
  }

  get totals(): TaskCounts {
    return { ...this.counts };
  }

  get stateSize(): { readonly openWindows: number; readonly keys: number; readonly bytes: number } {
    let keys = this.cache.residentPanes;
    for (const { absent } of this.windows.all()) keys += absent;
    return { openWindows: this.windows.size, keys, bytes: this.cache.residentBytes };
  }

  /** Whether the delta has to be frozen before more is processed. */
  get isFull(): boolean {
    return this.delta.isFull;
  }

  /**
   * Processes records `[from, to)` until the delta is full; returns the index of the first that was not processed.
   * Records before {@link position} are skipped: they have had their effect. A record that cannot be processed
   * becomes a dead letter; nothing that a record holds makes this throw.
   */
  process(records: readonly SourceRecord[], from = 0, to = records.length): number {
    let i = from;
    for (; i < to && !this.delta.isFull; i++) {
      const record = records[i]!;
      if (record.offset < this.nextOffset) continue;
      const next = record.offset + 1n;
      this.processOne(record, next);
      this.nextOffset = next;
    }
    if (i > from) this.delta.sawRecord(records[i - 1]!);
    this.knownAbsent.clear();
    return i;
  }

  /** Moves the position over offsets that hold no record (compaction, transaction markers). */
  skipTo(offset: bigint): void {
    if (offset > this.nextOffset) this.nextOffset = offset;
  }

  /**
   * Section 5: the caller has evidence that the partition is idle, and this is what its clock allows the watermark to
   * be. The advance is frozen in one delta before anything that it closes is emitted by a later one.
   */
  advanceIdle(watermarkMs: number): void {
    if (watermarkMs <= this.watermarkMs || this.streamTimeMs < 0) return;
    this.watermarkMs = watermarkMs;
    this.delta.advancedByIdleness();
    this.startClosing('idle');
  }

  /** Closes every open window, for the end of a replay. */
  closeAll(): void {
    for (const open of this.windows.startClosing(Infinity, 'end-of-input')) this.delta.closing(open);
  }

  /** State that the records need and that is not resident; to be loaded and given to {@link hydrate} before them. */
  missingFor(records: readonly SourceRecord[], from = 0, to = records.length): EntryRef[] {
    if (!this.hasAbsent()) return [];
    const missing = new Map<string, EntryRef>();
    for (const record of records.slice(from, to)) {
      if (record.offset < this.nextOffset) continue;
      for (const ref of this.absentOf(record)) missing.set(`${ref.segment}\n${ref.entry}`, ref);
    }
    return [...missing.values()];
  }

  /** Makes stored state resident; `undefined` values say that the store has no such entry. */
  hydrate(refs: readonly EntryRef[], values: readonly (Uint8Array | undefined)[]): void {
    refs.forEach(({ segment, entry }, i) => {
      const open = this.windows.byIdOf(segment);
      const value = values[i];
      if (!open || open.panes.has(entry)) return;
      if (value) this.cache.restore(open, entry, value, this.delta.sequence);
      else this.knownAbsent.add(`${segment}\n${entry}`);
    });
  }

  /** After a restore: the newest rows of these entries are committed but were not emitted. They must be resident. */
  restorePending(refs: readonly EntryRef[]): void {
    for (const { segment, entry } of refs) {
      const pane = this.windows.byIdOf(segment)?.panes.get(entry);
      if (pane) this.delta.restorePending(pane);
    }
  }

  /** The closing window whose stored entries have to be scanned before it can be closed, if any. */
  get segmentToScan(): string | undefined {
    const first = this.windows.closing[0];
    return first && first.absent > 0 ? first.id : undefined;
  }

  /** Closes entries of {@link segmentToScan}; those that are resident are left for later. */
  closeStored(segment: string, entries: readonly EntryWrite[]): void {
    const open = this.windows.byIdOf(segment);
    if (!open) return;
    for (const { entry, value } of entries) {
      if (open.panes.has(entry)) continue;
      // A scan may give an entry twice: only `scanned` says that nothing is absent any more.
      open.absent++;
      this.delta.closeNow(this.cache.restore(open, entry, value, this.delta.sequence));
    }
  }

  /** All stored entries of the segment have been given to {@link closeStored}. */
  scanned(segment: string): void {
    const open = this.windows.byIdOf(segment);
    if (open) open.absent = 0;
  }

  /**
   * Step 3. Freezes what has changed since the last freeze; `undefined` if nothing has. `clockMs` paces updates: the
   * wall clock, or stream time in a replay; `everything` emits those too that `every` would hold back. While
   * {@link hasMore} holds, more is due than one delta may carry.
   */
  freeze(clockMs: number, { everything = false } = {}): FrozenDelta | undefined {
    return this.delta.freeze(clockMs, this.progress(), !everything);
  }

  get hasMore(): boolean {
    return this.delta.hasMore;
  }

  /** Whether a freeze at this clock would emit rows. */
  hasRowsDue(clockMs: number): boolean {
    return this.delta.hasRowsDue(clockMs);
  }

  /** Step 5 is done for every delta frozen so far: what is clean may leave the cache. */
  committed(): void {
    const { sequence } = this.delta;
    this.cache.evict(
      this.windows.all(),
      sequence - 1,
      (pane) => !pane.dirty && pane.stored && !this.delta.isPending(pane),
    );
  }

  private progress(): Omit<TaskProgress, 'feedId'> {
    const { nextOffset, startOffset, streamTimeMs, watermarkMs, firstWindowStartMs } = this;
    return { nextOffset, startOffset, streamTimeMs, watermarkMs, firstWindowStartMs, counts: this.totals };
  }

  /** `semantics.md` section 2; everything that can fail comes before the first change. */
  private processOne(record: SourceRecord, next: bigint): void {
    try {
      const fields = this.pipeline.decode(record);
      const eventTimeMs = this.pipeline.eventTimeMs(fields, record);
      if (!this.pipeline.accepts(fields, record)) {
        this.counts.filtered++;
        if (this.pipeline.advanceOn === 'all') this.advanceTo(eventTimeMs);
        return;
      }
      const keyText = this.keyOf(fields, record);
      const args = this.argumentsOf(fields);
      this.at.timeMs = eventTimeMs;
      this.at.offset = record.offset;
      this.advanceTo(eventTimeMs);
      this.addToWindows(keyText, args, eventTimeMs, next);
    } catch (error) {
      if (!(error instanceof PoisonRecordError)) throw error;
      this.counts.dead++;
      this.delta.deadLetter(record, error);
    }
  }

  private keyOf(fields: Fields, record: SourceRecord): string {
    const keyText = encodeKey(this.pipeline.keyValues(fields));
    if (this.options.keyedByMessage) checkMessageKey(record.key, keyText, this.pipeline.keyNames);
    return keyText;
  }

  private argumentsOf(fields: Fields): readonly unknown[] {
    const { aggregates } = this.pipeline;
    for (let i = 0; i < aggregates.length; i++) this.args[i] = aggregates[i]!.argument(fields);
    return this.args;
  }

  private advanceTo(eventTimeMs: number): void {
    if (eventTimeMs <= this.streamTimeMs) return;
    this.streamTimeMs = eventTimeMs;
    const watermarkMs = eventTimeMs - this.pipeline.outOfOrdernessMs;
    if (watermarkMs <= this.watermarkMs) return;
    this.watermarkMs = watermarkMs;
    if (watermarkMs >= this.windows.nextCloseMs) this.startClosing('watermark');
  }

  private startClosing(reason: CloseReason): void {
    for (const open of this.windows.startClosing(this.watermarkMs, reason)) this.delta.closing(open);
  }

  private addToWindows(keyText: string, args: readonly unknown[], eventTimeMs: number, n: bigint): void {
    const { graceMs } = this.pipeline;
    let isLate = true;
    let latestEndMs = 0;
    for (const window of this.pipeline.windows.assign(eventTimeMs)) {
      latestEndMs = window.endMs;
      if (window.endMs + graceMs <= this.watermarkMs) continue;
      isLate = false;
      this.addTo(this.paneOf(window, keyText), args, n);
    }
    if (isLate) this.late(this.watermarkMs - latestEndMs);
    else this.counts.accepted++;
  }

  private addTo(pane: Pane, args: readonly unknown[], n: bigint): void {
    const { aggregates } = this.pipeline;
    for (let i = 0; i < aggregates.length; i++) {
      const value = args[i];
      if (value !== undefined) aggregates[i]!.aggregator.add(pane.accumulators[i], value as never, this.at);
    }
    pane.changedAt = n;
    this.delta.changed(pane);
  }

  private paneOf(window: Window, keyText: string): Pane {
    const open = this.windows.findOrOpen(window);
    const resident = open.panes.get(keyText);
    if (resident) return resident;
    this.mustKnow(open, keyText);
    if (this.firstWindowStartMs < 0 || window.startMs < this.firstWindowStartMs) {
      this.firstWindowStartMs = window.startMs;
    }
    return this.cache.create(open, keyText, this.delta.sequence);
  }

  /** A pane that may be stored must never be made anew: that would lose what it holds. */
  private mustKnow(open: OpenWindow, keyText: string): void {
    if (open.absent === 0 || this.knownAbsent.has(`${open.id}\n${keyText}`)) return;
    throw new FatalError(`State of key ${keyText} in window ${open.id} was not loaded before its record was processed`);
  }

  private late(latenessMs: number): void {
    this.counts.late++;
    this.options.onLate?.(latenessMs);
  }

  private hasAbsent(): boolean {
    for (const { absent, closing } of this.windows.all()) if (absent > 0 && !closing) return true;
    return false;
  }

  private absentOf(record: SourceRecord): EntryRef[] {
    try {
      const fields = this.pipeline.decode(record);
      const eventTimeMs = this.pipeline.eventTimeMs(fields, record);
      if (!this.pipeline.accepts(fields, record)) return [];
      const entry = encodeKey(this.pipeline.keyValues(fields));
      return this.pipeline.windows
        .assign(eventTimeMs)
        .map((window) => this.windows.find(window))
        .filter((open) => open !== undefined && open.absent > 0 && !open.panes.has(entry))
        .map((open) => ({ segment: open!.id, entry }))
        .filter((ref) => !this.knownAbsent.has(`${ref.segment}\n${ref.entry}`));
    } catch (error) {
      if (error instanceof PoisonRecordError) return [];
      throw error;
    }
  }
}
