import type { IdempotencyStore } from '../../src/core/ports/idempotency-store.port';

export interface IdempotencyHarness {
  readonly store: IdempotencyStore;
  /** A key that no other test has. */
  newKey(): string;
  /** Ms until the key is forgotten. */
  keptMs(key: string): Promise<number>;
  close(): Promise<void>;
}

/** What every IdempotencyStore guarantees. */
export function describeIdempotencyStore(name: string, open: () => Promise<IdempotencyHarness>): void {
  describe(`IdempotencyStore: ${name}`, () => {
    let harness: IdempotencyHarness;
    let store: IdempotencyStore;

    beforeAll(async () => {
      harness = await open();
      store = harness.store;
    });
    afterAll(() => harness?.close());

    it('gives a key to one caller only', async () => {
      const key = harness.newKey();
      const answers = await Promise.all(Array.from({ length: 10 }, () => store.begin(key, 'f')));
      expect(answers.filter(({ state }) => state === 'new')).toHaveLength(1);
      expect(answers.filter(({ state }) => state === 'running')).toHaveLength(9);
    });

    it('repeats the answer with the fingerprint of its request', async () => {
      const key = harness.newKey();
      await store.begin(key, 'first');
      await store.complete(key, 'first', '{"offset":"1"}');
      const known = { state: 'done', fingerprint: 'first', answer: '{"offset":"1"}' };
      expect(await store.begin(key, 'second')).toEqual(known);
    });

    it('gives a released key to the next caller', async () => {
      const key = harness.newKey();
      await store.begin(key, 'f');
      await store.release(key);
      expect(await store.begin(key, 'f')).toEqual({ state: 'new' });
    });

    it('keeps a reservation for a minute and an answer for a day', async () => {
      const key = harness.newKey();
      await store.begin(key, 'f');
      expect(await harness.keptMs(key)).toBeLessThanOrEqual(60_000);
      expect(await harness.keptMs(key)).toBeGreaterThan(50_000);
      await store.complete(key, 'f', 'a');
      expect(await harness.keptMs(key)).toBeLessThanOrEqual(24 * 3_600_000);
      expect(await harness.keptMs(key)).toBeGreaterThan(23 * 3_600_000);
    });
  });
}
