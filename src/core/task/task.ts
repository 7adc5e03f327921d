import type { LookupRef } from '../lookup/lookup-table';
import type { EntryRef, EntryWrite, TaskCounts, TaskProgress } from '../ports/state-store.port';
import type { SourceRecord } from '../ports/record-source.port';
import type { Delta } from './delta';
import type { Entry } from './entry';
import type { FrozenDelta } from './frozen-delta';
import type { ParkedSize } from './parked-records';
import { RecordProcessor } from './record-processor';
import type { StreamTime } from './stream-time';
import type { TaskOptions } from './task-options';
import { type TaskParts, taskParts } from './task-parts';
import type { StateSize, TaskWindows } from './task-windows';

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
  private readonly parts: TaskParts;
  private readonly windows: TaskWindows;
  private readonly delta: Delta;
  private readonly stream: StreamTime;
  private readonly processor: RecordProcessor;
  private nextOffset: bigint;
  /** Where the task began without a checkpoint. */
  readonly startOffset: bigint;

  constructor(private readonly options: TaskOptions) {
    const { checkpoint } = options;
    this.nextOffset = checkpoint?.progress.nextOffset ?? options.startOffset;
    this.startOffset = checkpoint?.progress.startOffset ?? options.startOffset;
    this.parts = taskParts(options, this.nextOffset);
    ({ windows: this.windows, delta: this.delta, time: this.stream } = this.parts);
    this.processor = new RecordProcessor(this.parts);
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
    const { streamTimeMs, watermarkMs } = this.stream;
    return { streamTimeMs, watermarkMs };
  }

  /** The least watermark at which there may be something to close; Infinity if no watermark closes anything. */
  get nextDueMs(): number {
    return this.windows.nextDueMs;
  }

  get totals(): TaskCounts {
    return { ...this.parts.counts };
  }

  /** Records of a repartition topic that were dropped because they had been seen. */
  get duplicates(): number {
    return this.processor.repeated;
  }

  /** Keys of which records wait, and how many. */
  get parked(): ParkedSize {
    return this.parts.parking.records.size;
  }

  get stateSize(): StateSize {
    return this.windows.size;
  }

  /** Whether all stored entries have to be given to {@link hydrate} before the first record. */
  get needsWholeState(): boolean {
    return this.windows.alwaysResident;
  }

  /** Whether the delta has to be frozen before more is processed. */
  get isFull(): boolean {
    return this.delta.isFull;
  }

  /**
   * Processes records `[from, to)` until the delta is full or the error budget spent; returns the index of the first that
   * was not processed. A record that releases a key is the first of its call, so that what it needs can be loaded.
   * Records before {@link position} are skipped: they have had their effect. A record that cannot be processed
   * becomes a dead letter; nothing that a record holds makes this throw.
   */
  process(records: readonly SourceRecord[], from = 0, to = records.length): number {
    if (this.windows.closable > 0 && this.windows.closesFirst) this.delta.closeDue();
    const { budget } = this.options;
    const { parking, forwarder } = this.parts;
    let i = from;
    for (; i < to && !this.delta.isFull && budget?.isSpent !== true; i++) {
      const record = records[i]!;
      if (record.offset < this.nextOffset) continue;
      if (i > from && parking.isInUse && parking.isRelease(record)) break;
      if (!this.processor.closesBefore(record)) break;
      const next = record.offset + 1n;
      forwarder?.endRangeBefore(record.offset);
      const poison = this.processor.process(record, next);
      budget?.add(poison?.message);
      this.nextOffset = next;
    }
    if (i > from) this.delta.sawRecord(records[i - 1]!);
    this.windows.forgetKnownAbsent();
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
    if (this.stream.streamTimeMs < 0) return void this.parts.forwarder?.fallSilent();
    if (this.stream.advanceIdle(watermarkMs)) this.delta.advancedByIdleness();
  }

  /** Closes every open window, for the end of a replay. */
  closeAll(): void {
    this.windows.advance(Infinity, 'end-of-input');
  }

  /**
   * Ids of the schemas that the records need and that have to be loaded; see `SchemaDecoders.missing`. Before all else
   * that is loaded for them.
   */
  schemasToLoad(records: readonly SourceRecord[], nowMs: number, from = 0, to = records.length): readonly number[] {
    return this.parts.needs.schemas(records, nowMs, from, to);
  }

  /**
   * Entries of lookup tables that the records need and that have to be loaded; again once they are, because later
   * lookups may depend on them, until there are none. Before {@link missingFor}.
   */
  lookupsToLoad(records: readonly SourceRecord[], from = 0, to = records.length): LookupRef[] {
    const { reader, needs } = this.parts;
    return reader.mayHaveToLoad ? needs.lookups(this.unprocessed(records, from, to)) : [];
  }

  /** State that the records need and that is not resident; to be loaded and given to {@link hydrate} before them. */
  missingFor(records: readonly SourceRecord[], from = 0, to = records.length): EntryRef[] {
    return this.windows.hasAbsent ? this.parts.needs.state(this.unprocessed(records, from, to)) : [];
  }

  /** Makes stored state resident; `undefined` values say that the store has no such entry. */
  hydrate(refs: readonly EntryRef[], values: readonly (Uint8Array | undefined)[]): void {
    refs.forEach((ref, i) => {
      const value = values[i];
      if (value) this.windows.restore(ref, value);
      else if (!this.windows.resident(ref)) this.windows.knownAbsent(ref);
    });
  }

  /** Makes entries resident that no record has asked for yet; see `TaskWindows.warm`. */
  warm(entries: readonly EntryWrite[]): boolean {
    return this.windows.warm(entries);
  }

  /** All records that the store has in `PARKED_SEGMENT`; before the first record. */
  restoreParked(entries: readonly EntryWrite[]): void {
    this.parts.parking.records.restore(entries);
  }

  /** After a restore: the newest rows of these entries are committed but were not emitted. */
  restorePending(refs: readonly EntryRef[]): void {
    const { changes } = this.parts;
    for (const ref of refs) {
      const entry: Entry | undefined = this.windows.resident(ref);
      changes.awaitStored(ref);
      if (!entry) continue;
      changes.restored(entry);
      this.windows.restorePending(entry);
    }
  }

  /** Entries in the store of which rows are due at this clock; to be loaded and given to {@link emitStored}. */
  awaitedRefs(clockMs: number): readonly EntryRef[] {
    return this.delta.awaitedRefs(clockMs);
  }

  emitStored(entries: readonly EntryWrite[]): void {
    this.delta.emitStored(entries);
  }

  /** The closing window whose stored entries have to be scanned before it can be closed, if any. */
  get segmentToScan(): string | undefined {
    return this.windows.segmentToScan;
  }

  /** Closes entries of {@link segmentToScan}; those that are resident are left for later. */
  closeStored(segment: string, entries: readonly EntryWrite[]): void {
    this.delta.closeStored(segment, entries);
  }

  /** All stored entries of the segment have been given to {@link closeStored}. */
  scanned(segment: string): void {
    this.windows.scanned(segment);
  }

  /**
   * Step 3. Freezes what has changed since the last freeze; `undefined` if nothing has. `clockMs` paces updates: the
   * wall clock, or stream time in a replay; `everything` emits those too that `every` would hold back. While
   * {@link hasMore} holds, more has to be closed than one delta may carry. Updates that do not fit into it stay pending for
   * the next.
   */
  freeze(clockMs: number, { everything = false } = {}): FrozenDelta | undefined {
    this.parts.forwarder?.flush(this.nextOffset);
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
    this.windows.evict();
  }

  private progress(): Omit<TaskProgress, 'feedId' | 'closedMs'> {
    const { nextOffset, startOffset, windows } = this;
    const { sources } = this.parts;
    return {
      ...{ nextOffset, startOffset, ...this.time },
      firstWindowStartMs: windows.firstStartMs,
      counts: this.totals,
      ...(sources && { sources: sources.progress }),
    };
  }

  private unprocessed(records: readonly SourceRecord[], from: number, to: number): readonly SourceRecord[] {
    return records.slice(from, to).filter(({ offset }) => offset >= this.nextOffset);
  }
}
