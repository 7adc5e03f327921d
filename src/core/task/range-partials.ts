import { ByteReader, ByteWriter } from '../aggregates/bytes';
import { FatalError } from '../errors';
import type { CompiledPipeline, Partials } from '../pipeline/compiled-pipeline';
import type { EntryRef, SegmentSummary } from '../ports/state-store.port';
import { decodePartial, encodePartial } from '../repartition/partial';
import { addRecord, emptyAccumulators } from './accumulate';
import type { Changes } from './changes';
import type { Entry, Segment } from './entry';
import type { ForwardedRecord } from './forwarded-record';
import { type PaneLocator, paneLocator } from './pane-locator';
import { segmentId } from './pane';
import { paneValueBytes } from './pane-codec';
import type { Contribution } from './task-windows';
import { emptyWrites, type Writes } from './writes';

/** The partial aggregate of one key and pane over the range in hand. Named by both. */
interface Partial extends Entry {
  readonly segment: Segment;
  readonly ofKey: string;
  /** From 1, in order of first records: equal for whoever reads the range. */
  readonly index: number;
  readonly timeMs: number;
  readonly zone: string;
  readonly accumulators: readonly unknown[];
  latestMs: number;
  /** The record's own timestamp, of the newest record. */
  timestampMs: number;
  end: bigint;
  count: number;
  /** Records that were not sent yet. */
  fresh: number;
}

export interface RangePartialsOptions {
  readonly source: number;
  readonly pipeline: CompiledPipeline;
  readonly partials: Partials;
  readonly changes: Changes;
  /** Where the task goes on. */
  readonly position: bigint;
  readonly segments: readonly SegmentSummary[];
}

const writer = new ByteWriter();

/**
 * Aggregates records before a repartition topic; ADR 0016. Ranges of offsets begin at multiples of `partials.range`
 * whoever reads them. What has changed is sent with each checkpoint, so a partial of a range that goes on is sent again
 * as it grows, and takes the place of the one before: where checkpoints were does not show.
 *
 * A record goes into a partial only if it is on time for all of its windows, by the event times of the records before
 * it and by nothing else: so that each owner decides alike.
 */
export class RangePartials {
  private readonly locator: PaneLocator;
  private readonly partials = new Map<string, Partial>();
  private segment: Segment;
  private number: bigint;
  /** Stored segments of ranges that are over. */
  private over: string[] = [];
  private bytes = 0;

  constructor(private readonly options: RangePartialsOptions) {
    const { pipeline, partials, position, segments } = options;
    this.locator = paneLocator(pipeline);
    this.number = position / partials.range;
    this.segment = segmentOf(this.number);
    for (const { id } of segments) {
      if (id === this.segment.id) this.segment.stored = true;
      else this.over.push(id);
    }
  }

  /** The first offset after the range in hand. */
  get endOffset(): bigint {
    return (this.number + 1n) * this.options.partials.range;
  }

  get size(): { readonly openWindows: number; readonly keys: number; readonly bytes: number } {
    return { openWindows: 0, keys: this.partials.size, bytes: this.bytes };
  }

  /** False for a record that has to go on by itself. `watermarkMs` is that of the records up to this one. */
  add(contribution: Contribution, watermarkMs: number, timestampMs: number): boolean {
    const { keyText, at, zone, next } = contribution;
    const { pane, firstEndMs } = this.locator(at.timeMs, zone);
    const { pipeline, partials, changes } = this.options;
    if (firstEndMs + pipeline.graceMs <= watermarkMs) return false;
    const name = `${segmentId(pane)}\n${keyText}`;
    const partial = this.partials.get(name) ?? this.create(name, contribution);
    addRecord(partials.aggregates, partial.accumulators, contribution);
    partial.latestMs = Math.max(partial.latestMs, at.timeMs);
    partial.timestampMs = timestampMs;
    partial.end = next;
    partial.count++;
    partial.fresh++;
    changes.changed(partial, partial.dirty ? 0 : paneValueBytes(partials.aggregates, partial));
    return true;
  }

  /** What has changed since it was last sent, in order of index. */
  takeChanged(): ForwardedRecord[] {
    return this.taken(false);
  }

  /** What of the range in hand was not sent as it is, in order of index; goes on with the range of `position`. */
  endRange(position: bigint): ForwardedRecord[] {
    const last = this.taken(true);
    const { changes, partials } = this.options;
    changes.closing(this.segment);
    for (const partial of this.partials.values()) changes.removed(partial, emptyWrites(), { withSegment: true });
    if (this.segment.stored) this.over.push(this.segment.id);
    this.partials.clear();
    this.bytes = 0;
    this.number = position / partials.range;
    this.segment = segmentOf(this.number);
    return last;
  }

  dropOver(writes: Writes): void {
    writes.droppedSegments.push(...this.over);
    this.over = [];
  }

  /** The index, end, count (8 bytes each) and the timestamp, then the value of the partial. */
  encode(entry: Entry): Uint8Array {
    const partial = this.partials.get(entry.keyText);
    if (!partial) throw new FatalError(`Partial ${entry.keyText} is not there`);
    writer.varint(partial.index);
    writer.bigUint64(partial.end);
    writer.varint(partial.count);
    writer.float64(partial.timestampMs);
    const head = writer.take();
    const value = encodePartial(this.options.partials.aggregates, partial);
    const bytes = new Uint8Array(head.length + value.length);
    bytes.set(head);
    bytes.set(value, head.length);
    return bytes;
  }

  restore({ segment, entry }: EntryRef, bytes: Uint8Array): void {
    if (segment !== this.segment.id || this.partials.has(entry)) return;
    const reader = new ByteReader(bytes);
    const [index, end, count, timestampMs] = [reader.varint(), reader.bigUint64(), reader.varint(), reader.float64()];
    const content = decodePartial(this.options.partials.aggregates, reader.rest());
    const ofKey = entry.slice(entry.indexOf('\n') + 1);
    this.keep({
      ...{ keyText: entry, segment: this.segment, ofKey, index, end, count, timestampMs, ...content, fresh: 0 },
      ...{ dirty: false, stored: true, pendingStored: false, usedIn: 0 },
    });
  }

  resident({ segment, entry }: EntryRef): Entry | undefined {
    return segment === this.segment.id ? this.partials.get(entry) : undefined;
  }

  private create(name: string, { keyText, at, zone, next }: Contribution): Partial {
    const accumulators = emptyAccumulators(this.options.partials.aggregates);
    return this.keep({
      ...{ keyText: name, segment: this.segment, ofKey: keyText, index: this.partials.size + 1, accumulators, zone },
      ...{ timeMs: at.timeMs, latestMs: at.timeMs, timestampMs: 0, end: next, count: 0, fresh: 0 },
      ...{ dirty: false, stored: false, pendingStored: false, usedIn: 0 },
    });
  }

  private keep(partial: Partial): Partial {
    this.partials.set(partial.keyText, partial);
    this.bytes += PARTIAL_BYTES + partial.keyText.length * 2 + partial.accumulators.length * 64;
    return partial;
  }

  private taken(isComplete: boolean): ForwardedRecord[] {
    const changed = [...this.partials.values()].filter(({ fresh }) => fresh > 0);
    return changed.sort((a, b) => a.index - b.index).map((partial) => this.forwarded(partial, isComplete));
  }

  private forwarded(partial: Partial, isComplete: boolean): ForwardedRecord {
    const { ofKey: keyText, index, end, count, fresh, timestampMs } = partial;
    const { source, partials } = this.options;
    const offset = this.endOffset - 1n;
    partial.fresh = 0;
    return {
      record: { offset, timestampMs, key: null, value: encodePartial(partials.aggregates, partial) },
      keyText,
      origin: {
        ...{ partition: source, offset, index, watermarkMs: 0, isMark: false },
        partial: { keyText, end, count, fresh, isComplete },
      },
    };
  }
}

/** What a partial costs in memory beside its name and accumulators. */
const PARTIAL_BYTES = 300;

function segmentOf(number: bigint): Segment {
  return { id: `range:${number}`, dirtyEntries: 0, stored: false };
}
