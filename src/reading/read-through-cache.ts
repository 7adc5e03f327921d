import { randomUUID } from 'node:crypto';
import { TransientError } from '../core/errors';
import type { CacheLook, CacheStore } from '../core/ports/cache-store.port';
import { pause } from '../runtime/back-off';
import { Coalesced } from './coalesced';

export interface ReadThroughCacheOptions {
  readonly store: CacheStore;
  /** How long what was read is kept, ms, before jitter; 60 s by default. */
  readonly ttlMs?: number;
  /** How long one loader keeps others waiting, ms; 5 s by default. What takes longer is not kept. */
  readonly lockMs?: number;
  /** In [0, 1); `Math.random` by default. */
  readonly random?: () => number;
}

const TTL_MS = 60_000;
const LOCK_MS = 5_000;
/** Texts that were read together do not lapse together. */
const JITTER = 0.2;
const POLL_MS = 20;
/** A larger text costs the cache more than it saves. */
const MAX_TEXT = 256 * 1024;
const NEVER = new AbortController().signal;

/**
 * A read-through cache that all processes share.
 *
 * - Never stale: what `read` gives was loaded after the last invalidation that had resolved when it was called. A load
 *   that began before a write is not stored after it, because the write took its lock away.
 * - No stampede: while the store answers, one load of a key runs at a time over all processes; others wait for it. While
 *   the store is away, each process has at most one load of a key under way and one that waits.
 * - Errors of `load` reach everyone who waited for it, and are not kept.
 */
export class ReadThroughCache {
  /** Loads of this process by the id under which they hold the lock. */
  private readonly flights = new Map<string, Promise<string>>();
  private readonly uncached = new Coalesced<string>();
  private readonly ttlMs: number;
  private readonly lockMs: number;
  private readonly random: () => number;

  constructor(private readonly options: ReadThroughCacheOptions) {
    this.ttlMs = options.ttlMs ?? TTL_MS;
    this.lockMs = options.lockMs ?? LOCK_MS;
    this.random = options.random ?? Math.random;
  }

  /** `load` gives the text of a key. Throws what it throws. */
  async read(key: string, load: () => Promise<string>): Promise<string> {
    const deadlineMs = performance.now() + this.lockMs;
    do {
      const id = randomUUID();
      const look = await this.look(key, id);
      if (look?.kind === 'value') return look.text;
      if (look?.kind === 'fill') return this.begin(key, id, load);
      if (!look) break;
      const flight = this.flights.get(look.holder);
      if (flight) return flight;
      await pause(POLL_MS * (1 + this.random()), NEVER);
    } while (performance.now() < deadlineMs);
    return this.uncached.run(key, load);
  }

  /** `undefined` while the store is away. */
  private async look(key: string, id: string): Promise<CacheLook | undefined> {
    try {
      return await this.options.store.look(key, id, this.lockMs);
    } catch (error) {
      if (error instanceof TransientError) return undefined;
      throw error;
    }
  }

  private begin(key: string, id: string, load: () => Promise<string>): Promise<string> {
    const flight = this.fill(key, id, load).finally(() => this.flights.delete(id));
    this.flights.set(id, flight);
    return flight;
  }

  /** A store that is away keeps nothing, and its lock lapses: that is no fault of what was loaded. */
  private async fill(key: string, id: string, load: () => Promise<string>): Promise<string> {
    const { store } = this.options;
    const ignore = (): undefined => undefined;
    try {
      const text = await load();
      if (text.length > MAX_TEXT) await store.release(key, id).catch(ignore);
      else await store.fill(key, id, text, Math.round(this.ttlMs * (1 + JITTER * this.random()))).catch(ignore);
      return text;
    } catch (error) {
      await store.release(key, id).catch(ignore);
      throw error;
    }
  }
}
