import type { JsonValue } from '../json';
import type { ReferenceRecord } from './reference-record';

/** The entries of a table that is held in memory. */
export interface Entries {
  /** How many it holds; each version of a key is one. */
  readonly size: number;
  put(record: ReferenceRecord): void;
  find(key: string, eventTimeMs: number): JsonValue | undefined;
  /** Frees what nobody may ask for any more. True when that was worth trying. */
  shrink(): boolean;
  clear(): void;
}

/** The newest entry of each key: the one that was put last. */
export class NewestEntries implements Entries {
  private readonly values = new Map<string, JsonValue>();

  get size(): number {
    return this.values.size;
  }

  put({ key, value }: ReferenceRecord): void {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
  }

  find(key: string): JsonValue | undefined {
    return this.values.get(key);
  }

  shrink(): boolean {
    return false;
  }

  clear(): void {
    this.values.clear();
  }
}
