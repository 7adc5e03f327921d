import type { EntryRef, EntryWrite } from '../ports/state-store.port';
import type { Entry, Segment } from './entry';
import type { Writes } from './writes';

/** What a changed entry costs in a delta beside its value, bytes. */
const ENTRY_BYTES = 64;

/** Which entries have changed since the last freeze, and which have rows that have not been emitted. */
export class Changes {
  /** Counts freezes; an entry's `usedIn` is compared with it. */
  sequence = 0;
  private dirty: Entry[] = [];
  /** Entries in `dirty` that will be written: not those whose segment is about to be dropped. */
  private open = 0;
  private dirtyBytes = 0;
  /** In order of their first change since their rows were emitted. */
  private readonly pendingEntries = new Set<Entry>();
  private readonly pendingAdded = new Set<Entry>();
  /** Pending entries that are in the store only, by name. */
  private readonly awaited = new Map<string, EntryRef>();

  /** Entries that the next freeze writes. */
  get size(): number {
    return this.open;
  }

  /** An estimate of what the next freeze writes. */
  get bytes(): number {
    return this.dirtyBytes;
  }

  /** Resident entries that have rows to emit. */
  get pending(): ReadonlySet<Entry> {
    return this.pendingEntries;
  }

  /** How many entries in the store, and not resident, have rows to emit. */
  get awaitedCount(): number {
    return this.awaited.size;
  }

  /** Some of them. */
  awaitedRefs(limit: number): EntryRef[] {
    const refs: EntryRef[] = [];
    for (const ref of this.awaited.values()) {
      if (refs.length >= limit) break;
      refs.push(ref);
    }
    return refs;
  }

  isAwaited(ref: EntryRef): boolean {
    return this.awaited.size > 0 && this.awaited.has(nameOf(ref));
  }

  /** The entry has to be written. */
  changed(entry: Entry, valueBytes: number): void {
    entry.usedIn = this.sequence;
    if (entry.dirty) return;
    entry.dirty = true;
    entry.segment.dirtyEntries++;
    this.dirty.push(entry);
    this.open++;
    this.dirtyBytes += ENTRY_BYTES + entry.keyText.length + valueBytes;
  }

  /** Rows of the entry are due with the next emission of updates. */
  awaitEmission(entry: Entry): void {
    this.pendingEntries.add(entry);
  }

  /** The same for an entry that is not resident: the store remembers it. */
  awaitStored(ref: EntryRef): void {
    this.awaited.set(nameOf(ref), ref);
  }

  /** Whether the entry may leave memory: the store has it as it is, and knows whether its rows are pending. */
  isClean(entry: Entry): boolean {
    return !entry.dirty && entry.stored && (entry.pendingStored || !this.pendingEntries.has(entry));
  }

  /** The entry has left memory. */
  evicted(entry: Entry): void {
    if (this.pendingEntries.delete(entry)) this.awaitStored(refOf(entry));
  }

  /** The entry is resident again. */
  restored(entry: Entry): void {
    if (this.awaited.size === 0 || !this.awaited.delete(nameOf(refOf(entry)))) return;
    entry.pendingStored = true;
    this.pendingEntries.add(entry);
  }

  /** The rows of an entry that is not resident are in `writes`. */
  emittedStored(ref: EntryRef, writes: Writes): void {
    if (this.awaited.delete(nameOf(ref))) writes.pendingCleared.push(ref);
  }

  /** The segment will be dropped: its dirty entries are not going to be written. */
  closing(segment: Segment): void {
    this.open -= segment.dirtyEntries;
  }

  /** Rows of the entry are in `writes`, or it has no more to show. */
  emitted(entry: Entry, writes: Writes): void {
    this.pendingEntries.delete(entry);
    this.pendingAdded.delete(entry);
    if (entry.pendingStored) writes.pendingCleared.push(refOf(entry));
    entry.pendingStored = false;
  }

  /** The entry is no more; whoever drops its segment as a whole need not have it removed. */
  removed(entry: Entry, writes: Writes, { withSegment }: { withSegment: boolean }): void {
    if (entry.dirty) {
      entry.segment.dirtyEntries--;
      if (!withSegment) this.open--;
    }
    entry.dirty = false;
    this.emitted(entry, writes);
    if (entry.stored && !withSegment) writes.removals.push(refOf(entry));
  }

  /** Everything that has changed, as it is now. */
  takeUpserts(encode: (entry: Entry) => Uint8Array): EntryWrite[] {
    const upserts: EntryWrite[] = [];
    for (const entry of this.dirty) {
      if (!entry.dirty) continue;
      entry.dirty = false;
      entry.stored = true;
      entry.segment.dirtyEntries--;
      entry.segment.stored = true;
      upserts.push({ segment: entry.segment.id, entry: entry.keyText, value: encode(entry) });
      if (this.pendingEntries.has(entry) && !entry.pendingStored) this.pendingAdded.add(entry);
    }
    this.dirty = [];
    this.open = 0;
    this.dirtyBytes = 0;
    return upserts;
  }

  takePendingAdded(): EntryRef[] {
    const added = [...this.pendingAdded];
    this.pendingAdded.clear();
    for (const entry of added) entry.pendingStored = true;
    return added.map(refOf);
  }
}

export function nameOf({ segment, entry }: EntryRef): string {
  return `${segment}\n${entry}`;
}

export function refOf(entry: Entry): EntryRef {
  return { segment: entry.segment.id, entry: entry.keyText };
}
