import type { PoisonRecordError } from '../errors';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { SourceRecord } from '../ports/record-source.port';
import type { CheckpointDelta, EntryRef, EntryWrite, TaskProgress } from '../ports/state-store.port';
import { rowText } from '../row/row-json';
import { type Changes, nameOf } from './changes';
import type { DeadLetter } from './dead-letter';
import { sourcePlace } from './source-place';
import { nextFeedId } from './feed-id';
import type { DeltaLimits, FrozenDelta } from './frozen-delta';
import type { ForwardedRecord } from './forwarded-record';
import type { LateRecord } from './late-record';
import type { ParkedRecords } from './parked-records';
import type { TaskId } from './task-id';
import type { TaskWindows } from './task-windows';
import { emptyWrites, type Writes } from './writes';

/** Entries that are asked of the store at once, to emit their rows. */
const MOST_AWAITED = 5_000;

export interface DeltaOptions extends DeltaLimits {
  readonly id: TaskId;
  readonly pipeline: CompiledPipeline;
  readonly generation: bigint;
  readonly windows: TaskWindows;
  readonly changes: Changes;
  readonly parked: ParkedRecords;
}

/** What has changed in a task since its last freeze, and which rows are due. */
export class Delta {
  private deadLetters: DeadLetter[] = [];
  private lateRecords: LateRecord[] = [];
  private forwarded: ForwardedRecord[] = [];
  /** Bytes of dead letters, late and forwarded records. */
  private letterBytes = 0;
  /** Rows that were made before the freeze. */
  private writes: Writes = emptyWrites();
  private updatesEmittedMs = -Infinity;
  private feedId = '0-0';
  private frozenOffset: bigint | undefined;
  private newestRecordMs: number | undefined;
  private idleAdvance = false;

  constructor(private readonly options: DeltaOptions) {}

  get isFull(): boolean {
    const { maxRows, maxBytes, windows, changes, parked } = this.options;
    if (windows.closesFirst && windows.closable > 0) return true;
    const { unwritten } = parked;
    const made = this.writes.rows.length + this.moves;
    const entries = changes.size + windows.closable + this.letters + made + unwritten.entries;
    return entries >= maxRows || changes.bytes + this.letterBytes + unwritten.bytes >= maxBytes;
  }

  /**
   * Whether closing has more to do than fitted into the last delta. Not so of updates beyond `maxRows`, such as a release of a parked
   * key may make: the store has them as pending, and each of the next deltas, or of a new owner's, emits as many as it may carry.
   * To wait for all of them would hold up whoever lets a partition go.
   */
  get hasMore(): boolean {
    return this.options.windows.closable > 0;
  }

  restoreFeedId(feedId: string): void {
    this.feedId = feedId;
  }

  sawRecord(record: SourceRecord): void {
    // The record itself would keep its whole fetch in memory.
    this.newestRecordMs = record.timestampMs;
  }

  deadLetter(record: SourceRecord, { reason, message }: PoisonRecordError, isParked = false): void {
    const { metadata, spec } = this.options.pipeline.definition;
    const place = { topic: spec.source.topic, ...sourcePlace(record, this.options.id) };
    const parkedAt = { partition: this.options.id.partition, offset: record.offset };
    this.deadLetters.push({ pipeline: metadata.name, ...place, reason, message, ...(isParked && { parkedAt }) });
    this.letterBytes += record.value?.length ?? 0;
  }

  lateRecord(late: LateRecord): void {
    this.lateRecords.push(late);
    this.letterBytes += late.record.value?.length ?? 0;
  }

  /** Records and marks come in the order in which they have to be appended. */
  forward(forwarded: ForwardedRecord): void {
    this.forwarded.push(forwarded);
    this.letterBytes += forwarded.record?.value?.length ?? 0;
  }

  /** Pending entries that have to be given to {@link emitStored}, because updates are due and they are not resident. */
  awaitedRefs(clockMs: number): readonly EntryRef[] {
    const { changes, maxRows } = this.options;
    if (changes.awaitedCount === 0 || this.idleAdvance || !this.updatesAreDue(clockMs)) return [];
    const room = maxRows - this.writes.rows.length;
    return room > 0 ? changes.awaitedRefs(Math.min(room, MOST_AWAITED)) : [];
  }

  emitStored(entries: readonly EntryWrite[]): void {
    for (const entry of entries) this.options.windows.emitStored(entry, this.writes);
  }

  /** Makes rows of what is due before a later record can change it, as many as a delta may carry. */
  closeDue(): void {
    const { windows, maxRows } = this.options;
    // What idleness closes is emitted only after the advance itself is committed.
    if (!this.idleAdvance) windows.close(this.writes, maxRows);
  }

  /** For `emit.on: record`: rows go with the offset of their record, and a later one must not change them. */
  takeRecordRows(): void {
    this.options.windows.takeRecordRows?.(this.writes);
  }

  closeStored(segment: string, entries: readonly EntryWrite[]): void {
    this.options.windows.closeStored(segment, entries, this.writes);
  }

  advancedByIdleness(): void {
    this.idleAdvance = true;
  }

  hasRowsDue(clockMs: number): boolean {
    const { windows, changes } = this.options;
    const isClosing = windows.closable > 0 || this.writes.rows.length > 0;
    const pending = changes.pending.size + changes.awaitedCount;
    return isClosing || (pending > 0 && this.updatesAreDue(clockMs));
  }

  freeze(clockMs: number, progress: Progress, holdingBack: boolean): FrozenDelta | undefined {
    if (this.idleAdvance) {
      this.idleAdvance = false;
      return this.frozen(progress);
    }
    this.options.windows.close(this.writes, this.options.maxRows);
    if (!holdingBack || this.updatesAreDue(clockMs)) this.emitUpdates(clockMs);
    return this.isNothing(progress) ? undefined : this.frozen(progress);
  }

  private isNothing({ nextOffset }: Progress): boolean {
    const { rows, removals, droppedSegments, pendingCleared } = this.writes;
    const written = rows.length + removals.length + droppedSegments.length + pendingCleared.length;
    return written + this.letters + this.options.changes.size + this.moves === 0 && nextOffset === this.frozenOffset;
  }

  private get moves(): number {
    return this.options.windows.moves?.size ?? 0;
  }

  private get letters(): number {
    return this.deadLetters.length + this.lateRecords.length + this.forwarded.length;
  }

  private frozen(progress: Progress): FrozenDelta {
    const { changes, windows, pipeline, generation, parked } = this.options;
    const { deadLetters, lateRecords, forwarded } = this;
    const { droppedSegments, rows } = this.writes;
    const upserts = changes.takeUpserts((entry) => windows.encode(entry));
    const pendingAdded = changes.takePendingAdded();
    const moves = windows.moves?.take() ?? [];
    // A key that went and came back in one delta is there.
    const removals = without(this.writes.removals, upserts);
    const pendingCleared = without(this.writes.pendingCleared, pendingAdded);
    const waiting = parked.takeWrites();
    const feed = pipeline.sinks.some(({ kind }) => kind === 'live') ? rows.map(rowText) : [];
    if (feed.length > 0) this.feedId = nextFeedId(this.feedId, progress.nextOffset);
    const commit: CheckpointDelta = {
      generation,
      progress: { ...progress, closedMs: windows.closedMs(progress.watermarkMs), feedId: this.feedId },
      upserts: together(upserts, waiting.upserts),
      removals: together(removals, waiting.removals),
      ...{ droppedSegments, pendingAdded, pendingCleared, feed },
    };
    const { newestRecordMs } = this;
    const leavesHalfClosed = windows.closable > 0;
    this.deadLetters = [];
    this.lateRecords = [];
    this.forwarded = [];
    this.letterBytes = 0;
    this.writes = emptyWrites();
    this.newestRecordMs = undefined;
    this.frozenOffset = progress.nextOffset;
    changes.sequence++;
    return { rows, moves, deadLetters, lateRecords, forwarded, commit, newestRecordMs, leavesHalfClosed };
  }

  private updatesAreDue(clockMs: number): boolean {
    const { emitEveryMs } = this.options.pipeline;
    return emitEveryMs !== Infinity && clockMs - this.updatesEmittedMs >= emitEveryMs;
  }

  private emitUpdates(clockMs: number): void {
    const { changes, windows, maxRows } = this.options;
    for (const entry of changes.pending) {
      if (this.writes.rows.length >= maxRows) return;
      windows.emit(entry, this.writes);
    }
    if (changes.awaitedCount === 0) this.updatesEmittedMs = clockMs;
  }
}

function without(refs: readonly EntryRef[], others: readonly EntryRef[]): readonly EntryRef[] {
  if (refs.length === 0 || others.length === 0) return refs;
  const names = new Set(others.map(nameOf));
  return refs.filter((ref) => !names.has(nameOf(ref)));
}

function together<T>(some: readonly T[], others: readonly T[]): readonly T[] {
  return others.length === 0 ? some : [...some, ...others];
}

/** What the task knows; the delta adds what it decides. */
type Progress = Omit<TaskProgress, 'feedId' | 'closedMs'>;
