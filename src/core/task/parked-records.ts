import type { EntryRef, EntryWrite } from '../ports/state-store.port';
import type { SourceRecord } from '../ports/record-source.port';
import { PARKED_SEGMENT } from './own-segments';
import { decodeParked, encodeParked, type ParkedRecord } from './parked-record';

/** Of one task: they are in memory, and a release of a key processes all of its records in one step. */
export const MAX_PARKED_RECORDS = 10_000;
export const MAX_PARKED_BYTES = 8 * 2 ** 20;

/** About what a record costs beside its own bytes. */
const RECORD_BYTES = 200;
/** How many keys {@link ParkedRecords.size} names. */
const MOST_NAMED = 10;

export interface ParkedSize {
  readonly keys: number;
  readonly records: number;
  /** Some of the keys, those first that were parked first. */
  readonly first: readonly string[];
}

interface Waiting extends ParkedRecord {
  readonly bytes: number;
}

/** Records that wait for parked keys, each key's in the order in which the task read them; an entry of state for each. */
export class ParkedRecords {
  private readonly queues = new Map<string, Waiting[]>();
  private records = 0;
  private bytes = 0;
  /** Not yet frozen, by entry. */
  private readonly added = new Map<string, Uint8Array>();
  private addedBytes = 0;
  private removed: EntryRef[] = [];

  get size(): ParkedSize {
    return { keys: this.queues.size, records: this.records, first: [...this.queues.keys()].slice(0, MOST_NAMED) };
  }

  get isEmpty(): boolean {
    return this.records === 0;
  }

  /** What the next freeze writes. */
  get unwritten(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.added.size + this.removed.length, bytes: this.addedBytes };
  }

  holds(keyText: string): boolean {
    return this.queues.size > 0 && this.queues.has(keyText);
  }

  /** In order. */
  of(keyText: string): readonly ParkedRecord[] {
    return this.queues.get(keyText) ?? [];
  }

  /** Takes all entries that the store has, in any order. */
  restore(entries: readonly EntryWrite[]): void {
    const parked = new Map(entries.map(({ entry, value }) => [entry, value]));
    const ordered = [...parked].sort(([one], [other]) => (BigInt(one) < BigInt(other) ? -1 : 1));
    for (const [, value] of ordered) this.append(value);
  }

  /** Puts a record behind those of its key; false when there is no room. */
  add(keyText: string, record: SourceRecord): boolean {
    if (this.records >= MAX_PARKED_RECORDS || this.bytes >= MAX_PARKED_BYTES) return false;
    const value = encodeParked({ keyText, record });
    this.append(value);
    this.added.set(entryOf(record), value);
    this.addedBytes += value.length;
    return true;
  }

  /** The first `count` records of a key wait no more. */
  remove(keyText: string, count: number): void {
    const queue = this.queues.get(keyText) ?? [];
    for (const { record, bytes } of queue.splice(0, count)) {
      const entry = entryOf(record);
      this.records--;
      this.bytes -= bytes;
      this.addedBytes -= this.added.get(entry)?.length ?? 0;
      if (!this.added.delete(entry)) this.removed.push({ segment: PARKED_SEGMENT, entry });
    }
    if (queue.length === 0) this.queues.delete(keyText);
  }

  /** What has changed since the last call. */
  takeWrites(): { readonly upserts: readonly EntryWrite[]; readonly removals: readonly EntryRef[] } {
    const upserts = [...this.added].map(([entry, value]) => ({ segment: PARKED_SEGMENT, entry, value }));
    const removals = this.removed;
    this.added.clear();
    this.addedBytes = 0;
    this.removed = [];
    return { upserts, removals };
  }

  /** Holds a copy: the record itself would keep its whole fetch in memory. */
  private append(value: Uint8Array): void {
    const parked = decodeParked(value);
    const waiting = { ...parked, bytes: value.length + RECORD_BYTES };
    const queue = this.queues.get(parked.keyText);
    if (queue) queue.push(waiting);
    else this.queues.set(parked.keyText, [waiting]);
    this.records++;
    this.bytes += waiting.bytes;
  }
}

/** Its offset in what the task reads: a record waits once. */
function entryOf({ offset }: SourceRecord): string {
  return offset.toString();
}
