import { ByteReader, ByteWriter } from '../aggregates/bytes';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { Checkpoint, EntryRef } from '../ports/state-store.port';
import type { CloseReason, Row } from '../row/row';
import { addRecord, emptyAccumulators, mergeAccumulators } from './accumulate';
import { AlwaysResident } from './always-resident';
import type { Changes } from './changes';
import { DueQueue } from './due-queue';
import type { Entry, Segment } from './entry';
import type { RowContent, RowFactory } from './row-factory';
import { decodeSpans, encodeSpans, type KeySpans, type Span, windowOf } from './span';
import type { SpanKind, SpanWork } from './span-kind';
import { type Contribution, type Lateness, ON_TIME, type StateSize, type TaskWindows } from './task-windows';
import type { Writes } from './writes';

export interface KeyedWindowsOptions {
  readonly pipeline: CompiledPipeline;
  readonly kind: SpanKind;
  readonly checkpoint: Checkpoint | undefined;
  readonly changes: Changes;
  readonly rows: RowFactory;
  /** An owner before this one may have emitted rows of records up to here without having said so: the end of the log. */
  readonly shownUpTo: bigint;
}

/** All windows of one key, as one entry of the store. */
export interface KeyEntry extends Entry {
  readonly of: KeySpans;
  /** When the queue will look at it, epoch ms; Infinity when it need not. */
  queuedMs: number;
  bytes: number;
}

/** The segment that holds the windows of all keys. */
export const KEYS_SEGMENT = 'keys';
/** What an entry and each of its windows cost in memory beside the accumulators. Measured on Node 24. */
const ENTRY_BYTES = 260;
const SPAN_BYTES = 180;
const ACCUMULATOR_BYTES = 48;
const writer = new ByteWriter();

/**
 * Windows that depend on the records of their key: session, sliding and count. The windows of a key are one entry of
 * the store, and a queue says which key has something to close next.
 */
export class KeyedWindows extends AlwaysResident implements TaskWindows {
  /** A later record could change a window that is due, or merge with it. */
  readonly closesFirst = true;
  private readonly segment: Segment = { id: KEYS_SEGMENT, dirtyEntries: 0, stored: false };
  private readonly entries = new Map<string, KeyEntry>();
  private readonly due = new DueQueue<KeyEntry>();
  private openSpans = 0;
  private bytes = 0;
  private watermarkMs: number;
  private reason: CloseReason = 'watermark';
  /** Full windows whose final rows wait for `close`. */
  private readonly completed: RowContent[] = [];
  private readonly lateness = { latenessMs: ON_TIME, amended: false };
  private readonly work: Work;

  constructor(private readonly options: KeyedWindowsOptions) {
    super();
    this.watermarkMs = options.checkpoint?.progress.watermarkMs ?? -1;
    this.work = new Work(options, (content) => this.completed.push(content));
  }

  get size(): StateSize {
    return { openWindows: this.openSpans, keys: this.entries.size, bytes: this.bytes };
  }

  get firstStartMs(): number {
    return this.work.firstStartMs;
  }

  override get nextDueMs(): number {
    return this.due.nextMs;
  }

  get closable(): number {
    return this.completed.length + (this.due.isDue(this.watermarkMs) ? 1 : 0);
  }

  /** Each window knows whether it is closed. */
  closedMs(watermarkMs: number): number {
    return watermarkMs;
  }

  add(contribution: Contribution): Lateness {
    const { kind, pipeline, changes } = this.options;
    const entry = this.entryOf(contribution.keyText);
    const before = entry.of.spans.length;
    const { work, lateness } = this;
    work.begin(entry, contribution, this.watermarkMs);
    lateness.latenessMs = kind.add(work);
    lateness.amended = work.amended;
    this.openSpans += entry.of.spans.length - before;
    if (!work.changed) return lateness;
    this.entries.set(entry.keyText, entry);
    changes.changed(entry, 64 * Math.max(1, entry.of.spans.length));
    if (pipeline.emitOnUpdate || work.amended) changes.awaitEmission(entry);
    this.schedule(entry);
    return lateness;
  }

  advance(watermarkMs: number, reason: CloseReason): void {
    this.watermarkMs = watermarkMs;
    this.reason = reason;
    if (watermarkMs < Infinity) return;
    for (const entry of this.entries.values()) if (entry.queuedMs === Infinity) this.enqueue(entry, Number.MAX_VALUE);
  }

  close(writes: Writes, maxRows: number): void {
    this.closeCompleted(writes);
    while (this.due.isDue(this.watermarkMs) && writes.rows.length < maxRows) {
      const entry = this.due.pop()!;
      if (this.entries.get(entry.keyText) !== entry || entry.queuedMs > this.watermarkMs) continue;
      entry.queuedMs = Infinity;
      this.closeDue(entry, writes);
      this.schedule(entry);
    }
  }

  emit(entry: KeyEntry, writes: Writes): void {
    const { changes, pipeline } = this.options;
    this.emitSuperseded(entry, writes);
    for (const span of entry.of.spans) {
      if (!span.unemitted || (!pipeline.emitOnUpdate && !span.closed)) continue;
      writes.rows.push(this.rowOf(entry, span));
      this.shown(span);
    }
    changes.emitted(entry, writes);
    // What has been shown is part of the entry, or its rows could not be deleted later.
    changes.changed(entry, 64);
  }

  encode(entry: KeyEntry): Uint8Array {
    this.recount(entry);
    encodeSpans(this.options.pipeline.aggregates, entry.of, writer);
    return writer.take();
  }

  restore({ segment, entry: keyText }: EntryRef, value: Uint8Array): void {
    if (segment !== KEYS_SEGMENT || this.entries.has(keyText)) return;
    const of = decodeSpans(this.options.pipeline.aggregates, new ByteReader(value));
    const entry: KeyEntry = { ...this.newEntry(keyText), of, stored: true };
    this.segment.stored = true;
    this.entries.set(keyText, entry);
    this.openSpans += of.spans.length;
    this.recount(entry);
    this.schedule(entry);
  }

  resident({ segment, entry }: EntryRef): KeyEntry | undefined {
    return segment === KEYS_SEGMENT ? this.entries.get(entry) : undefined;
  }

  restorePending(): void {
    // Each window knows whether its row was emitted.
  }

  private entryOf(keyText: string): KeyEntry {
    return this.entries.get(keyText) ?? this.newEntry(keyText);
  }

  private newEntry(keyText: string): KeyEntry {
    return {
      keyText,
      segment: this.segment,
      of: { spans: [], superseded: [], completed: 0 },
      ...{ dirty: false, stored: false, pendingStored: false, queuedMs: Infinity, bytes: 0 },
      usedIn: this.options.changes.sequence,
    };
  }

  /** Whatever the bound: the state no longer has them. There is at most one for each record since the last time. */
  private closeCompleted(writes: Writes): void {
    const { pipeline, rows } = this.options;
    for (const content of this.completed.splice(0)) {
      const entry = this.entries.get(content.keyText);
      if (entry) this.emitSuperseded(entry, writes);
      writes.rows.push(pipeline.emitOnClose ? rows.final(content, 'count') : rows.update(content));
    }
  }

  private closeDue(entry: KeyEntry, writes: Writes): void {
    const { pipeline, kind, changes } = this.options;
    this.emitSuperseded(entry, writes);
    for (const span of entry.of.spans) {
      if (span.closed || kind.closesAt(span) > this.watermarkMs) continue;
      span.closed = true;
      if (pipeline.emitOnClose || span.unemitted) writes.rows.push(this.rowOf(entry, span));
      this.shown(span);
    }
    const dropped = entry.of.spans.filter((span) => kind.dropsAt(span) <= this.watermarkMs);
    for (const span of dropped) if (span.unemitted) writes.rows.push(this.rowOf(entry, span));
    this.openSpans -= dropped.length;
    entry.of.spans = entry.of.spans.filter((span) => !dropped.includes(span));
    if (entry.of.spans.length > 0 || entry.of.completed > 0) return changes.changed(entry, 64);
    changes.removed(entry, writes, { withSegment: false });
    this.bytes -= entry.bytes;
    this.entries.delete(entry.keyText);
  }

  private emitSuperseded({ keyText, of }: KeyEntry, writes: Writes): void {
    const { rows, kind } = this.options;
    for (const gone of of.superseded) writes.rows.push(rows.deleted(keyText, windowOf(gone, kind.isCounted), gone.at));
    of.superseded = [];
  }

  private rowOf({ keyText }: KeyEntry, span: Span): Row {
    const { accumulators, changedAt } = span;
    const { pipeline, rows, kind } = this.options;
    const content = { keyText, window: windowOf(span, kind.isCounted), accumulators, changedAt };
    return pipeline.emitOnClose && span.closed ? rows.final(content, this.reason) : rows.update(content);
  }

  private shown(span: Span): void {
    span.unemitted = false;
    span.shown = { startMs: span.startMs, endMs: span.endMs };
  }

  /** Puts the entry into the queue, unless it is there for an earlier time: then it is looked at again. */
  private schedule(entry: KeyEntry): void {
    const { kind } = this.options;
    let dueMs = Infinity;
    for (const span of entry.of.spans) dueMs = Math.min(dueMs, span.closed ? kind.dropsAt(span) : kind.closesAt(span));
    if (dueMs < entry.queuedMs) this.enqueue(entry, dueMs);
  }

  private enqueue(entry: KeyEntry, dueMs: number): void {
    entry.queuedMs = dueMs;
    this.due.push(dueMs, entry);
  }

  private recount(entry: KeyEntry): void {
    const { aggregates } = this.options.pipeline;
    let bytes = ENTRY_BYTES + 2 * entry.keyText.length;
    for (const { accumulators } of entry.of.spans) {
      bytes += SPAN_BYTES;
      for (let i = 0; i < aggregates.length; i++) {
        bytes += aggregates[i]!.aggregator.sizeBytes?.(accumulators[i]) ?? ACCUMULATOR_BYTES;
      }
    }
    this.bytes += bytes - entry.bytes;
    entry.bytes = bytes;
  }
}

/** One record at work on the windows of its key; reused for the next. */
class Work implements SpanWork {
  of!: KeySpans;
  keyText = '';
  contribution!: Contribution;
  watermarkMs = -1;
  changed = false;
  /** Whether a window that was closed has changed. */
  amended = false;
  /** See `TaskWindows`. */
  firstStartMs: number;

  constructor(
    private readonly options: KeyedWindowsOptions,
    private readonly onComplete: (content: RowContent) => void,
  ) {
    this.firstStartMs = options.checkpoint?.progress.firstWindowStartMs ?? -1;
  }

  begin({ keyText, of }: KeyEntry, contribution: Contribution, watermarkMs: number): void {
    this.of = of;
    this.keyText = keyText;
    this.contribution = contribution;
    this.watermarkMs = watermarkMs;
    this.changed = this.amended = false;
  }

  create(startMs: number, endMs: number): Span {
    this.started(startMs);
    return {
      ...{ startMs, endMs, index: 0, records: 0, latestMs: -1, unemitted: true, closed: false, shown: undefined },
      accumulators: emptyAccumulators(this.options.pipeline.aggregates),
      changedAt: this.contribution.next,
      boundsAt: this.contribution.next,
    };
  }

  add(span: Span): void {
    addRecord(this.options.pipeline.aggregates, span.accumulators, this.contribution);
    span.records++;
    span.latestMs = Math.max(span.latestMs, this.contribution.at.timeMs);
    this.touch(span);
  }

  merge(into: Span, from: Pick<Span, 'accumulators' | 'records' | 'latestMs'>): void {
    mergeAccumulators(this.options.pipeline.aggregates, into.accumulators, from.accumulators);
    into.records += from.records;
    into.latestMs = Math.max(into.latestMs, from.latestMs);
    this.touch(into);
  }

  /**
   * A row is deleted if it was emitted. An owner that died may have emitted rows without committing that: for records
   * that it can have seen, whatever it could have emitted is deleted.
   */
  supersede(span: Span): void {
    const { shown, index } = span;
    const at = this.contribution.next;
    const { pipeline, shownUpTo } = this.options;
    if (shown) this.of.superseded.push({ ...shown, index, at });
    const isOther = shown?.startMs !== span.startMs || shown.endMs !== span.endMs;
    const mayBeShown = pipeline.emitOnUpdate || pipeline.amendMs > 0;
    if (isOther && mayBeShown && span.boundsAt <= shownUpTo) {
      this.of.superseded.push({ startMs: span.startMs, endMs: span.endMs, index, at });
    }
    span.shown = undefined;
  }

  rebound(span: Span, startMs: number, endMs: number): void {
    this.supersede(span);
    span.startMs = startMs;
    span.endMs = endMs;
    span.boundsAt = this.contribution.next;
    this.started(startMs);
  }

  complete(span: Span): void {
    const { keyText, options } = this;
    const { accumulators, changedAt } = span;
    this.onComplete({ keyText, window: windowOf(span, options.kind.isCounted), accumulators, changedAt });
  }

  private started(startMs: number): void {
    if (this.firstStartMs < 0 || startMs < this.firstStartMs) this.firstStartMs = startMs;
  }

  private touch(span: Span): void {
    const { kind } = this.options;
    span.changedAt = this.contribution.next;
    span.unemitted = true;
    span.closed &&= kind.closesAt(span) <= this.watermarkMs;
    if (kind.closesAt(span) <= this.watermarkMs) this.amended = true;
    this.changed = true;
  }
}
