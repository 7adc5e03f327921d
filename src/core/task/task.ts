import { fieldsOf, withoutPersonal } from '../decoding/personal';
import { PoisonRecordError } from '../errors';
import type { LookupRef, LookupTable } from '../lookup/lookup-table';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { Checkpoint, EntryRef, EntryWrite, TaskCounts, TaskProgress } from '../ports/state-store.port';
import type { SourceRecord } from '../ports/record-source.port';
import type { RecordOrigin } from '../repartition/record-origin';
import type { PartialHeader, ReceivedPartial } from '../repartition/partial';
import { SeenSources } from '../repartition/seen-sources';
import { Changes } from './changes';
import { createTaskWindows } from './create-task-windows';
import { Delta } from './delta';
import type { Entry } from './entry';
import type { ErrorBudgetPort } from './error-budget-port';
import type { DeltaLimits, FrozenDelta } from './frozen-delta';
import { checkForwardable, Forwarding, isForwardable } from './forwarding';
import { Parking } from './parking';
import type { ParkedSize } from './parked-records';
import { RangePartials } from './range-partials';
import { RecordReader } from './record-reader';
import { releaseOf } from './release';
import { roleOf } from './replayed-record';
import { sourcePlace } from './source-place';
import type { TaskId } from './task-id';
import { ON_TIME, type StateSize, type TaskWindows } from './task-windows';

export interface TaskOptions extends DeltaLimits {
  readonly id: TaskId;
  readonly pipeline: CompiledPipeline;
  readonly generation: bigint;
  readonly checkpoint: Checkpoint | undefined;
  /** Where to begin without a checkpoint. */
  readonly startOffset: bigint;
  /** The end of the log when the task was claimed: an owner before may have shown rows of records up to there. */
  readonly shownUpTo: bigint;
  /** The table of each of the pipeline's lookups, in their order; none for a pipeline without. */
  readonly lookupTables?: readonly LookupTable[];
  /** Bound of the resident state, for windows of which it may leave memory. */
  readonly cacheBytes: number;
  /** Whether equal keys may only be in one partition, so that a message key must be the pipeline's key. */
  readonly keyedByMessage: boolean;
  /** The task forwards its records to a repartition topic instead of adding them to windows. */
  readonly forwards?: boolean;
  /** How many partitions the source has, when the task reads a repartition topic. */
  readonly sourcePartitions?: number;
  /** Told of each record; while it is spent, nothing is processed. */
  readonly budget?: ErrorBudgetPort;
  /** Called with `W - end` in ms for each late record. */
  readonly onLate?: (latenessMs: number) => void;
}

type Mutable<T> = { -readonly [name in keyof T]: T[name] };

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
  private readonly changes = new Changes();
  private readonly windows: TaskWindows;
  private readonly delta: Delta;
  private readonly reader: RecordReader;
  private readonly parking: Parking;
  /** There in stage 1 and in stage 2 of a repartitioned pipeline. */
  private readonly forwarding: Forwarding | undefined;
  /** There in stage 1 if it aggregates records before it forwards them. */
  private readonly partials: RangePartials | undefined;
  private readonly sources: SeenSources | undefined;
  private repeated = 0;
  private nextOffset: bigint;
  /** Where the task began without a checkpoint. */
  readonly startOffset: bigint;
  private streamTimeMs = -1;
  private watermarkMs = -1;
  private counts: Mutable<TaskCounts> = { accepted: 0, filtered: 0, late: 0, dead: 0 };

  constructor(private readonly options: TaskOptions) {
    const { pipeline, checkpoint } = options;
    this.pipeline = pipeline;
    this.nextOffset = checkpoint?.progress.nextOffset ?? options.startOffset;
    this.partials = rangePartials(options, this.changes, this.nextOffset);
    this.forwarding = options.forwards ? new Forwarding(this.partials) : undefined;
    this.sources = seenSources(options);
    this.windows = this.forwarding ?? createTaskWindows({ ...options, changes: this.changes });
    this.parking = new Parking(options);
    const { records: parked } = this.parking;
    this.delta = new Delta({ ...options, parked, windows: this.windows, changes: this.changes });
    this.reader = new RecordReader(options);
    this.startOffset = checkpoint?.progress.startOffset ?? options.startOffset;
    if (!checkpoint) return;
    const { progress } = checkpoint;
    this.streamTimeMs = progress.streamTimeMs;
    this.watermarkMs = progress.watermarkMs;
    this.counts = { ...progress.counts };
    this.delta.restoreFeedId(progress.feedId);
    this.windows.advance(this.watermarkMs, 'watermark');
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

  /** The least watermark at which there may be something to close; Infinity if no watermark closes anything. */
  get nextDueMs(): number {
    return this.windows.nextDueMs;
  }

  get totals(): TaskCounts {
    return { ...this.counts };
  }

  /** Records of a repartition topic that were dropped because they had been seen. */
  get duplicates(): number {
    return this.repeated;
  }

  /** Keys of which records wait, and how many. */
  get parked(): ParkedSize {
    return this.parking.records.size;
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
    let i = from;
    for (; i < to && !this.delta.isFull && budget?.isSpent !== true; i++) {
      const record = records[i]!;
      if (record.offset < this.nextOffset) continue;
      if (i > from && this.parking.isInUse && this.parking.isRelease(record)) break;
      if (!this.closesBefore(record)) break;
      const next = record.offset + 1n;
      this.endRangeBefore(record.offset);
      const poison = this.processOne(record, next);
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
    if (this.streamTimeMs < 0) return void this.forwarding?.fallSilent();
    if (watermarkMs <= this.watermarkMs) return;
    this.watermarkMs = watermarkMs;
    this.delta.advancedByIdleness();
    this.windows.advance(watermarkMs, 'idle');
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
    const { schemas } = this.pipeline;
    if (!schemas) return [];
    if (!this.parking.isInUse) return schemas.missing(records, nowMs, from, to);
    const processed = records.slice(from, to).flatMap((record) => this.parking.processedAt(record));
    return schemas.missing(processed, nowMs);
  }

  /**
   * Entries of lookup tables that the records need and that have to be loaded; again once they are, because later
   * lookups may depend on them, until there are none. Before {@link missingFor}.
   */
  lookupsToLoad(records: readonly SourceRecord[], from = 0, to = records.length): LookupRef[] {
    if (!this.reader.mayHaveToLoad) return [];
    const missing = new Map<string, LookupRef>();
    for (const record of records.slice(from, to)) {
      if (record.offset < this.nextOffset) continue;
      for (const one of this.parking.processedAt(record)) {
        const ref = this.reader.firstToLoad(one);
        if (ref) missing.set(`${ref.index}\n${ref.key}`, ref);
      }
    }
    return [...missing.values()];
  }

  /** State that the records need and that is not resident; to be loaded and given to {@link hydrate} before them. */
  missingFor(records: readonly SourceRecord[], from = 0, to = records.length): EntryRef[] {
    if (!this.windows.hasAbsent) return [];
    const missing = new Map<string, EntryRef>();
    for (const record of records.slice(from, to)) {
      if (record.offset < this.nextOffset) continue;
      for (const one of this.parking.processedAt(record)) {
        for (const ref of this.reader.absentFor(one, this.windows)) missing.set(`${ref.segment}\n${ref.entry}`, ref);
      }
    }
    return [...missing.values()];
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
    this.parking.records.restore(entries);
  }

  /** After a restore: the newest rows of these entries are committed but were not emitted. */
  restorePending(refs: readonly EntryRef[]): void {
    for (const ref of refs) {
      const entry: Entry | undefined = this.windows.resident(ref);
      this.changes.awaitStored(ref);
      if (!entry) continue;
      this.changes.restored(entry);
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
    this.forwardPartials();
    this.markTime();
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
    const { nextOffset, startOffset, streamTimeMs, watermarkMs } = this;
    const { firstStartMs } = this.windows;
    return {
      nextOffset,
      startOffset,
      streamTimeMs,
      watermarkMs,
      firstWindowStartMs: firstStartMs,
      counts: this.totals,
      ...(this.sources && { sources: this.sources.progress }),
    };
  }

  /**
   * `semantics.md` section 2; everything that can fail comes before the first change. Returns what was wrong with a
   * record that became a dead letter.
   */
  private processOne(record: SourceRecord, next: bigint): PoisonRecordError | undefined {
    try {
      if (this.sources && !this.isNew(record, this.sources)) return undefined;
      if (record.origin?.partial) return void this.addPartial(record, record.origin.partial, next);
      const role = roleOf(record, this.pipeline.definition.metadata.name);
      if (role === 'for another') return void this.counts.filtered++;
      if (role === 'release') return this.release(record, next);
      const fields = this.reader.decode(record);
      const eventTimeMs = this.reader.eventTimeMs(fields, record);
      if (!this.reader.accepts(fields, record, eventTimeMs)) {
        this.counts.filtered++;
        if (this.pipeline.advanceOn === 'all') this.advanceTo(eventTimeMs);
        return undefined;
      }
      this.reader.prepare(fields, record, eventTimeMs, next);
      if (this.forwarding) checkForwardable(record);
      if (this.waits(record)) return undefined;
      this.advanceTo(eventTimeMs);
      this.add(record);
      this.closeFirst();
      return undefined;
    } catch (error) {
      if (!(error instanceof PoisonRecordError)) throw error;
      return this.poisoned(record, this.withoutPersonal(record, error));
    }
  }

  private withoutPersonal(record: SourceRecord, error: PoisonRecordError): PoisonRecordError {
    const { pipeline } = this;
    return pipeline.personal.length === 0
      ? error
      : withoutPersonal(error, pipeline.personal, fieldsOf(pipeline, record));
  }

  /** A record whose key is known goes to the stage that owns the key, which finds the same and parks it. */
  private poisoned(record: SourceRecord, error: PoisonRecordError): PoisonRecordError | undefined {
    const keyText = this.parking.keyOfBad(record);
    if (this.forwarding && keyText !== undefined && isForwardable(record)) return this.forward(record, keyText);
    this.counts.dead++;
    const isParked = !this.forwarding && keyText !== undefined && this.parking.records.add(keyText, record);
    this.delta.deadLetter(record, error, isParked);
    return error;
  }

  /** Whether the record in hand is of a parked key, behind which it now waits. */
  private waits(record: SourceRecord): boolean {
    const { parking, reader } = this;
    const { keyText } = reader.contribution;
    if (!parking.records.holds(keyText)) return false;
    if (parking.records.add(keyText, record)) return true;
    this.counts.dead++;
    this.delta.deadLetter(record, parking.full(keyText));
    return true;
  }

  /**
   * Processes what waits for a key, in order, up to a record that still cannot be processed. All in one step and with
   * one `N`, so that no row is shown in between; time advances after the last.
   */
  private release(record: SourceRecord, next: bigint): PoisonRecordError | undefined {
    const release = releaseOf(record);
    const { keyText } = release;
    if (this.forwarding) return this.forward(record, keyText);
    const waiting = this.parking.released(release);
    let done = 0;
    let latestMs = -1;
    let problem: PoisonRecordError | undefined;
    for (; done < waiting.length && !problem; done += problem ? 0 : 1) {
      const outcome = this.processWaiting(waiting[done]!, keyText, next);
      if (outcome instanceof PoisonRecordError) problem = outcome;
      else latestMs = Math.max(latestMs, outcome);
    }
    if (problem) this.delta.deadLetter(this.parking.records.of(keyText)[done]!.record, problem, true);
    if (problem) this.counts.dead++;
    this.parking.records.remove(keyText, done);
    this.advanceTo(latestMs);
    this.closeFirst();
    return problem;
  }

  /** Returns the time that it advances stream time to, -1 for none, or what is still wrong with it. */
  private processWaiting(record: SourceRecord, keyText: string, next: bigint): number | PoisonRecordError {
    try {
      const fields = this.reader.decode(record);
      const eventTimeMs = this.reader.eventTimeMs(fields, record);
      if (!this.reader.accepts(fields, record, eventTimeMs)) {
        this.counts.filtered++;
        return this.pipeline.advanceOn === 'all' ? eventTimeMs : -1;
      }
      this.reader.prepare(fields, record, eventTimeMs, next);
      if (this.reader.contribution.keyText !== keyText) {
        throw new PoisonRecordError('bad-key', `The patch changes the key ${JSON.stringify(keyText)}; it may not.`);
      }
      this.add(record);
      return eventTimeMs;
    } catch (error) {
      if (error instanceof PoisonRecordError) return this.withoutPersonal(record, error);
      throw error;
    }
  }

  /** Of windows that close first: whether all have that the time of the record's partition closes. */
  private closesBefore({ origin }: SourceRecord): boolean {
    if (!this.sources || !origin || !this.windows.closesFirst) return true;
    this.sources.hear(origin);
    this.advanceWatermark(this.sources.watermarkMs);
    if (this.windows.closable > 0) this.delta.closeDue();
    return this.windows.closable === 0;
  }

  /** Takes the time of the source partition too. False for a mark and for a record that was seen. Throws PoisonRecordError. */
  private isNew({ origin }: SourceRecord, sources: SeenSources): boolean {
    if (!origin) {
      const message =
        'A record of the repartition topic does not say where it comes from: only Millrace may write there.';
      throw new PoisonRecordError('not-decodable', message);
    }
    const isNew = sources.take(origin);
    if (!isNew && !origin.isMark) this.repeated++;
    this.advanceWatermark(sources.watermarkMs);
    return isNew;
  }

  private advanceTo(eventTimeMs: number): void {
    if (eventTimeMs <= this.streamTimeMs) return;
    this.streamTimeMs = eventTimeMs;
    // Source partitions tell their watermarks themselves.
    if (!this.sources) this.advanceWatermark(eventTimeMs - this.pipeline.outOfOrdernessMs);
  }

  private advanceWatermark(watermarkMs: number): void {
    if (watermarkMs <= this.watermarkMs) return;
    this.watermarkMs = watermarkMs;
    this.windows.advance(watermarkMs, 'watermark');
  }

  private add(record: SourceRecord): void {
    if (this.forwarding) return this.addForwarded(record);
    const { latenessMs, amended } = this.windows.add(this.reader.contribution);
    if (this.pipeline.emitOnRecord) this.delta.takeRecordRows();
    if (latenessMs === ON_TIME) this.counts.accepted++;
    else this.late(record, latenessMs, amended);
  }

  private closeFirst(): void {
    if (this.windows.closesFirst && this.windows.closable > 0) this.delta.closeDue();
  }

  /** Into a partial aggregate, if there are any and the record is on time for it; else by itself. */
  private addForwarded(record: SourceRecord): void {
    const ownWatermarkMs = this.streamTimeMs - this.pipeline.outOfOrdernessMs;
    const { contribution } = this.reader;
    if (this.partials?.add(contribution, ownWatermarkMs, record.timestampMs)) this.counts.accepted++;
    else this.forward(record, contribution.keyText);
  }

  /** By itself. */
  private forward(record: SourceRecord, keyText: string): undefined {
    this.counts.accepted++;
    this.forwardPartials();
    this.delta.forward({ record, keyText, origin: this.originAt(record.offset, false) });
  }

  private endRangeBefore(offset: bigint): void {
    if (!this.partials || offset < this.partials.endOffset) return;
    for (const partial of this.partials.endRange(offset)) this.delta.forward(partial);
  }

  /** Before a record or a mark: it tells the time, and whoever hears it has all that came before. */
  private forwardPartials(): void {
    if (!this.partials) return;
    this.endRangeBefore(this.nextOffset);
    for (const partial of this.partials.takeChanged()) this.delta.forward(partial);
  }

  /** Tells every partition of the repartition topic how far this one is, if they cannot know. */
  private markTime(): void {
    const watermarkMs = this.forwarding?.takeMark();
    if (watermarkMs === undefined) return;
    this.delta.forward({ record: undefined, keyText: '', origin: this.originAt(this.nextOffset, true) });
  }

  private originAt(offset: bigint, isMark: boolean): RecordOrigin {
    return { partition: this.options.id.partition, offset, index: 0, watermarkMs: this.watermarkMs, isMark };
  }

  /** In place of the records that the partial holds. One that has come before, or a part of it, counts once. */
  private addPartial(record: SourceRecord, header: PartialHeader, next: bigint): void {
    const { partial, latestMs } = this.reader.preparePartial(record, header, next);
    this.advanceTo(latestMs);
    const { latenessMs, amended } = this.windows.add(this.reader.contribution);
    this.countPartial(partial, header.fresh, latenessMs, amended);
    if (this.windows.closesFirst && this.windows.closable > 0) this.delta.closeDue();
  }

  private countPartial(partial: ReceivedPartial, fresh: number, latenessMs: number, amended: boolean): void {
    const added = partial.count - partial.countedBefore;
    if (latenessMs === ON_TIME) return void (this.counts.accepted += added);
    const late = amended ? added : fresh;
    this.counts.late += late;
    for (let i = 0; i < late; i++) this.options.onLate?.(latenessMs);
  }

  /** Counted whatever the policy; `semantics.md` section 6. */
  private late(record: SourceRecord, latenessMs: number, amended: boolean): void {
    const { id, pipeline, onLate } = this.options;
    this.counts.late++;
    onLate?.(latenessMs);
    if (amended || pipeline.lateTopic === undefined) return;
    const { topic } = pipeline.definition.spec.source;
    this.delta.lateRecord({
      ...{ pipeline: pipeline.name, to: pipeline.lateTopic, topic, ...sourcePlace(record, id), latenessMs },
      eventTimeMs: this.reader.contribution.at.timeMs,
      watermarkMs: this.watermarkMs,
    });
  }
}

function seenSources({ pipeline, sourcePartitions, checkpoint }: TaskOptions): SeenSources | undefined {
  if (sourcePartitions === undefined) return undefined;
  const restored = checkpoint?.progress.sources ?? [];
  return new SeenSources(sourcePartitions, { restored, takesPartials: pipeline.partials !== undefined });
}

function rangePartials(options: TaskOptions, changes: Changes, position: bigint): RangePartials | undefined {
  const { id, pipeline, checkpoint, forwards } = options;
  const { partials } = pipeline;
  if (!forwards || !partials) return undefined;
  return new RangePartials({
    ...{ source: id.partition, pipeline, partials, changes, position, segments: checkpoint?.segments ?? [] },
  });
}
