import type { JsonValue } from '../../core/json';
import type { HashTableSpec } from '../../core/lookup/compiled-lookup';
import { entryValue } from '../../core/lookup/entry-value';
import type { Clock } from '../../core/ports/clock.port';
import type { ReferenceHash } from '../../core/ports/reference-hash.port';

/** Entries of one table that a process keeps, those that are not there counted too. */
const MAX_CACHED = 100_000;

interface Cached {
  readonly value: JsonValue | undefined;
  readonly readMs: number;
}

/** A hash of Redis as a process knows it: each answer is used again for `maxAge`. */
export class HashTable {
  /** In order of their reading. */
  private readonly cache = new Map<string, Cached>();

  constructor(
    private readonly spec: HashTableSpec,
    private readonly hash: ReferenceHash,
    private readonly clock: Clock,
  ) {}

  /** The entries of `keys` by key; `undefined` for those that are not there. Throws TransientError. */
  async read(keys: readonly string[]): Promise<ReadonlyMap<string, JsonValue | undefined>> {
    const nowMs = this.clock.now();
    const found = new Map<string, JsonValue | undefined>();
    const unknown: string[] = [];
    for (const key of keys) {
      const cached = this.cache.get(key);
      if (cached && nowMs - cached.readMs < this.spec.maxAgeMs) found.set(key, cached.value);
      else unknown.push(key);
    }
    if (unknown.length === 0) return found;
    const texts = await this.hash.read(this.spec.name, unknown);
    unknown.forEach((key, i) => {
      const text = texts[i];
      const value = text === undefined ? undefined : entryValue(text);
      found.set(key, value);
      this.keep(key, { value, readMs: nowMs });
    });
    return found;
  }

  private keep(key: string, entry: Cached): void {
    if (this.spec.maxAgeMs === 0) return;
    this.cache.delete(key);
    this.cache.set(key, entry);
    if (this.cache.size > MAX_CACHED) this.cache.delete(this.cache.keys().next().value!);
  }
}
