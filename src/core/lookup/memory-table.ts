import { FatalError } from '../errors';
import type { JsonValue } from '../json';
import { tableName, type TopicTableSpec } from './compiled-lookup';
import { type Entries, NewestEntries } from './entries';
import type { LookupTable } from './lookup-table';
import type { ReferenceRecord } from './reference-record';
import { VersionedEntries } from './versioned-entries';

/**
 * A reference table that is held in memory as a whole. It holds at most `maxEntries` entries, versions counted: with one
 * more it gives them all up, and whoever asks is told to raise the bound.
 */
export class MemoryTable implements LookupTable {
  readonly isWhole = true;
  private readonly entries: Entries;
  private broken: FatalError | undefined;

  constructor(private readonly spec: TopicTableSpec) {
    this.entries = spec.pointInTime ? new VersionedEntries(spec.pointInTime.historyMs) : new NewestEntries();
  }

  /** How many entries it holds; versions count. */
  get size(): number {
    return this.entries.size;
  }

  /** Why the table cannot be used any more; `undefined` while it can. */
  get failure(): FatalError | undefined {
    return this.broken;
  }

  put(record: ReferenceRecord): void {
    if (this.broken) return;
    this.entries.put(record);
    const { maxEntries } = this.spec;
    if (this.entries.size <= maxEntries) return;
    if (this.entries.shrink() && this.entries.size <= maxEntries) return;
    this.entries.clear();
    const mend = this.spec.pointInTime ? 'raise maxEntries or shorten history' : 'raise maxEntries';
    this.broken = new FatalError(
      `The lookup table of ${tableName(this.spec)} has more than ${maxEntries} entries; ${mend} of the lookup, and ` +
        'give the process memory for them.',
    );
  }

  has(): boolean {
    return true;
  }

  find(key: string, eventTimeMs: number): JsonValue | undefined {
    if (this.broken) throw this.broken;
    return this.entries.find(key, eventTimeMs);
  }
}
