import type { CacheLook, CacheStore } from '../../core/ports/cache-store.port';
import type { Clock } from '../../core/ports/clock.port';

interface Kept {
  readonly text: string;
  readonly untilMs: number;
}

/** The twin of the cache in Redis, for one process. Lapsed entries are dropped when they are looked at. */
export class MemoryCacheStore implements CacheStore {
  private readonly values = new Map<string, Kept>();
  private readonly locks = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  look(key: string, id: string, lockMs: number): Promise<CacheLook> {
    const text = this.get(this.values, key);
    if (text !== undefined) return Promise.resolve({ kind: 'value', text });
    const holder = this.get(this.locks, key);
    if (holder !== undefined) return Promise.resolve({ kind: 'wait', holder });
    this.locks.set(key, { text: id, untilMs: this.clock.now() + lockMs });
    return Promise.resolve({ kind: 'fill' });
  }

  fill(key: string, id: string, text: string, ttlMs: number): Promise<boolean> {
    if (this.get(this.locks, key) !== id) return Promise.resolve(false);
    this.values.set(key, { text, untilMs: this.clock.now() + ttlMs });
    this.locks.delete(key);
    return Promise.resolve(true);
  }

  release(key: string, id: string): Promise<void> {
    if (this.get(this.locks, key) === id) this.locks.delete(key);
    return Promise.resolve();
  }

  invalidate(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.values.delete(key);
      this.locks.delete(key);
    }
    return Promise.resolve();
  }

  private get(from: Map<string, Kept>, key: string): string | undefined {
    const kept = from.get(key);
    if (!kept || kept.untilMs > this.clock.now()) return kept?.text;
    from.delete(key);
    return undefined;
  }
}
