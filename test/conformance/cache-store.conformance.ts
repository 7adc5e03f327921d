import type { CacheStore } from '../../src/core/ports/cache-store.port';

/** What every CacheStore guarantees. `lapse` lets so many ms pass, after which the key has nothing that lapses. */
export function describeCacheStore(
  name: string,
  open: () => Promise<{
    store: CacheStore;
    lapse: (key: string, ms: number) => Promise<void>;
    close: () => Promise<void>;
  }>,
): void {
  describe(`CacheStore: ${name}`, () => {
    let world: Awaited<ReturnType<typeof open>>;
    let keys = 0;
    const newKey = (): string => `["t {x}","key ${(keys += 1)} ${process.pid} ${Date.now()}"]`;

    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world.close());

    it('gives the lock to the first, makes others wait for it, and then gives all what it stored', async () => {
      const { store } = world;
      const key = newKey();
      expect(await store.look(key, 'a', 5_000)).toEqual({ kind: 'fill' });
      expect(await store.look(key, 'b', 5_000)).toEqual({ kind: 'wait', holder: 'a' });
      expect(await store.fill(key, 'a', 'text क', 5_000)).toBe(true);
      expect(await store.look(key, 'b', 5_000)).toEqual({ kind: 'value', text: 'text क' });
    });

    it('stores nothing of a load that an invalidation overtook', async () => {
      const { store } = world;
      const key = newKey();
      await store.look(key, 'a', 5_000);
      await store.invalidate([key, newKey()]);
      expect(await store.look(key, 'b', 5_000)).toEqual({ kind: 'fill' });
      expect(await store.fill(key, 'a', 'stale', 5_000)).toBe(false);
      expect(await store.fill(key, 'b', 'fresh', 5_000)).toBe(true);
      expect(await store.look(key, 'c', 5_000)).toEqual({ kind: 'value', text: 'fresh' });
    });

    it('drops what is stored with an invalidation', async () => {
      const { store } = world;
      const key = newKey();
      await store.look(key, 'a', 5_000);
      await store.fill(key, 'a', 'old', 5_000);
      await store.invalidate([key]);
      expect(await store.look(key, 'b', 5_000)).toEqual({ kind: 'fill' });
    });

    it('gives a lock back to the next when its holder releases it, and only the holder can', async () => {
      const { store } = world;
      const key = newKey();
      await store.look(key, 'a', 5_000);
      await store.release(key, 'b');
      expect(await store.look(key, 'c', 5_000)).toEqual({ kind: 'wait', holder: 'a' });
      await store.release(key, 'a');
      expect(await store.look(key, 'c', 5_000)).toEqual({ kind: 'fill' });
    });

    it('forgets locks and texts when their time is over', async () => {
      const { store, lapse } = world;
      const key = newKey();
      await store.look(key, 'a', 30);
      await lapse(key, 60);
      expect(await store.look(key, 'b', 5_000)).toEqual({ kind: 'fill' });
      expect(await store.fill(key, 'a', 'too late', 5_000)).toBe(false);
      expect(await store.fill(key, 'b', 'short', 30)).toBe(true);
      await lapse(key, 60);
      expect(await store.look(key, 'c', 5_000)).toEqual({ kind: 'fill' });
    });
  });
}
