/** What looking a key up found. */
export type CacheLook =
  | { readonly kind: 'value'; readonly text: string }
  /** Nothing: the caller has taken the key's lock and is to load and {@link CacheStore.fill} it. */
  | { readonly kind: 'fill' }
  /** Nothing yet: the holder of the lock, by its id, is loading. */
  | { readonly kind: 'wait'; readonly holder: string };

/**
 * Texts that any process may find again, each guarded by a lock that only its loader holds. An invalidation takes the
 * lock away with the text, so what was loaded before a write can never be stored after it.
 * All methods throw TransientError while the server is away.
 */
export interface CacheStore {
  /** One atomic step. The lock lapses by itself after `lockMs`. */
  look(key: string, id: string, lockMs: number): Promise<CacheLook>;
  /** Stores the text and gives the lock back; false, and nothing stored, if `id` does not hold it any more. */
  fill(key: string, id: string, text: string, ttlMs: number): Promise<boolean>;
  /** Gives the lock back, if `id` holds it, without a text. */
  release(key: string, id: string): Promise<void>;
  /** Drops texts and locks. Once it resolves, no reader gets what was there before. */
  invalidate(keys: readonly string[]): Promise<void>;
}

/** The key of one partition of a table: equal for all processes. */
export function partitionCacheKey(table: string, partition: readonly unknown[]): string {
  return JSON.stringify([table, ...partition.map(String)]);
}
