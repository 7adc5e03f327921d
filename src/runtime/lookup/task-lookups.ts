import type { JsonValue } from '../../core/json';
import type { LookupRef, LookupTable } from '../../core/lookup/lookup-table';
import type { HashTable } from './hash-table';
import type { TopicTable } from './topic-table';

/** A table that the tasks of a process share. */
export type SharedTable = HashTable | TopicTable;

/**
 * The reference tables of a pipeline as one task reads them. What a slice of records needs of Redis is loaded before the
 * slice and stays as it is until the next one begins, so that looking twice gives the same.
 */
export class TaskLookups {
  readonly tables: readonly LookupTable[];
  private readonly slices: readonly (HashSlice | undefined)[];

  constructor(shared: readonly SharedTable[]) {
    this.slices = shared.map((table) => ('entries' in table ? undefined : new HashSlice(table)));
    this.tables = shared.map((table, i) => ('entries' in table ? table.entries : this.slices[i]!));
  }

  /** Forgets what was loaded for the slice before. */
  beginSlice(): void {
    for (const slice of this.slices) slice?.clear();
  }

  /** Throws TransientError. */
  async load(refs: readonly LookupRef[]): Promise<void> {
    const loads = this.slices.map(async (slice, i) => {
      const keys = refs.filter(({ index }) => index === i).map(({ key }) => key);
      if (keys.length > 0) await slice?.load(keys);
    });
    await Promise.all(loads);
  }
}

/** The entries that one slice of records needs. */
class HashSlice implements LookupTable {
  readonly isWhole = false;
  private readonly loaded = new Map<string, JsonValue | undefined>();

  constructor(private readonly table: HashTable) {}

  has(key: string): boolean {
    return this.loaded.has(key);
  }

  find(key: string): JsonValue | undefined {
    if (!this.loaded.has(key)) throw new Error('A record was processed before its lookup was loaded');
    return this.loaded.get(key);
  }

  async load(keys: readonly string[]): Promise<void> {
    for (const [key, value] of await this.table.read(keys)) this.loaded.set(key, value);
  }

  clear(): void {
    this.loaded.clear();
  }
}
