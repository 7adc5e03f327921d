import { MemoryCacheStore } from '../../../src/adapters/memory/memory-cache-store';
import { TransientError } from '../../../src/core/errors';
import type { CacheStore } from '../../../src/core/ports/cache-store.port';
import { ReadThroughCache } from '../../../src/reading/read-through-cache';

const KEY = 'key';

/** A table with one text, whose reads end when the test says so. */
class SlowTable {
  text = 'first';
  reads = 0;
  private readonly waiting: (() => void)[] = [];

  readonly read = async (): Promise<string> => {
    this.reads++;
    const { text } = this;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return text;
  };

  finish(): void {
    this.waiting.shift()!();
  }

  get open(): number {
    return this.waiting.length;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

describe('ReadThroughCache', () => {
  let nowMs = 0;
  let store: MemoryCacheStore;
  let table: SlowTable;
  const caches = (count: number): ReadThroughCache[] =>
    Array.from({ length: count }, () => new ReadThroughCache({ store, ttlMs: 1_000, random: () => 0 }));

  beforeEach(() => {
    store = new MemoryCacheStore({ now: () => nowMs });
    table = new SlowTable();
  });

  it('reads the table once for a thousand simultaneous misses in four processes', async () => {
    const replicas = caches(4);
    const reads = Array.from({ length: 1_000 }, (_, i) => replicas[i % 4]!.read(KEY, table.read));
    await until(() => table.open === 1);
    table.finish();
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['first']));
    expect(table.reads).toBe(1);
  });

  it('never gives what was there before a write to who asks after it, though a load was under way', async () => {
    const [one, other] = caches(2);
    const before = one!.read(KEY, table.read);
    await until(() => table.open === 1);
    table.text = 'second';
    await store.invalidate([KEY]);
    const after = [one!.read(KEY, table.read), other!.read(KEY, table.read)];
    await until(() => table.open === 2);
    table.finish();
    expect(await before).toBe('first');
    table.finish();
    expect(await Promise.all(after)).toEqual(['second', 'second']);
    expect(await one!.read(KEY, table.read)).toBe('second');
    expect(table.reads).toBe(2);
  });

  it('keeps a text for its time to live and some jitter', async () => {
    const cache = new ReadThroughCache({ store, ttlMs: 1_000, random: () => 0.5 });
    const load = jest.fn(() => Promise.resolve('text'));
    await cache.read(KEY, load);
    nowMs += 1_099;
    await cache.read(KEY, load);
    expect(load).toHaveBeenCalledTimes(1);
    nowMs += 2;
    await cache.read(KEY, load);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('tells everyone who waits of an error, and does not keep it', async () => {
    const [cache] = caches(1);
    const fails = (): Promise<string> => Promise.reject(new TransientError('away'));
    const both = await Promise.allSettled([cache!.read(KEY, fails), cache!.read(KEY, fails)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cache!.read(KEY, () => Promise.resolve('back'))).toBe('back');
  });

  it('does not keep a text that is larger than it saves', async () => {
    const [cache] = caches(1);
    const load = jest.fn(() => Promise.resolve('x'.repeat(300_000)));
    await cache!.read(KEY, load);
    await cache!.read(KEY, load);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('reads the table at most twice for a thousand readers while the store is away', async () => {
    const away: CacheStore = {
      look: () => Promise.reject(new TransientError('Redis is away')),
      fill: () => Promise.reject(new TransientError('Redis is away')),
      release: () => Promise.reject(new TransientError('Redis is away')),
      invalidate: () => Promise.reject(new TransientError('Redis is away')),
    };
    const cache = new ReadThroughCache({ store: away });
    const reads = Array.from({ length: 1_000 }, () => cache.read(KEY, table.read));
    await until(() => table.open === 1);
    table.text = 'second';
    const later = cache.read(KEY, table.read);
    table.finish();
    await until(() => table.open === 1);
    table.finish();
    await Promise.all(reads);
    expect(await later).toBe('second');
    expect(table.reads).toBe(2);
  });
});
