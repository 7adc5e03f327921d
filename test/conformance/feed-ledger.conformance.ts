import type { FeedLedger } from '../../src/core/ports/feed-ledger.port';
import { waitUntil } from '../support/wait-until';

export interface FeedLedgerHarness {
  readonly ledger: FeedLedger;
  /** A feed that no other test has. */
  newFeed(): string;
  close(): Promise<void>;
}

const LONG_MS = 60_000;

/** What every FeedLedger guarantees. */
export function describeFeedLedger(name: string, open: () => Promise<FeedLedgerHarness>): void {
  describe(`FeedLedger: ${name}`, () => {
    let harness: FeedLedgerHarness;
    let feed: string;
    const claim = (holder: string, ttlMs = LONG_MS, atLeast = 0) =>
      harness.ledger.claim({ feed, holder, ttlMs, atLeast });

    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness?.close());
    beforeEach(() => (feed = harness.newFeed()));

    it('gives the lease to one of several that ask at the same time', async () => {
      const tokens = await Promise.all(['a', 'b', 'c'].map((holder) => claim(holder)));
      expect(tokens.filter((token) => token !== undefined)).toEqual([1]);
      const [entry] = await harness.ledger.entries([feed]);
      expect(entry).toEqual({ holder: ['a', 'b', 'c'][tokens.indexOf(1)], token: 1, report: undefined });
    });

    it('keeps the token while the lease is prolonged in time', async () => {
      expect(await claim('a')).toBe(1);
      expect(await claim('a')).toBe(1);
      expect(await claim('b')).toBeUndefined();
    });

    it('begins a term with a greater token once the lease has lapsed or was given back', async () => {
      expect(await claim('a', 1)).toBe(1);
      let second: number | undefined;
      await waitUntil('the lease lapses', async () => (second = await claim('b')) !== undefined);
      expect(second).toBe(2);
      await harness.ledger.release(feed, 2);
      expect((await harness.ledger.entries([feed]))[0]).toMatchObject({ holder: undefined, token: 2 });
      expect(await claim('c')).toBe(3);
    });

    it('does not let an older term give back the lease of a newer one', async () => {
      expect(await claim('a')).toBe(1);
      await harness.ledger.release(feed, 1);
      expect(await claim('b')).toBe(2);
      await harness.ledger.release(feed, 1);
      expect(await claim('c')).toBeUndefined();
    });

    it("begins above what the feed's own state knows, also for the holder", async () => {
      expect(await claim('a', LONG_MS, 41)).toBe(42);
      expect(await claim('a', LONG_MS, 42)).toBe(42);
      expect(await claim('a', LONG_MS, 50)).toBe(51);
    });

    it('keeps the report of the newest term', async () => {
      expect(await harness.ledger.report(feed, 1, 'of nobody')).toBe(false);
      await claim('a');
      expect(await harness.ledger.report(feed, 1, 'हिन्दी 🚀')).toBe(true);
      await harness.ledger.release(feed, 1);
      expect(await harness.ledger.report(feed, 1, 'the last words')).toBe(true);
      await claim('b');
      expect(await harness.ledger.report(feed, 1, 'too late')).toBe(false);
      const other = harness.newFeed();
      expect(await harness.ledger.entries([other, feed])).toEqual([
        { holder: undefined, token: 0, report: undefined },
        { holder: 'b', token: 2, report: 'the last words' },
      ]);
    });
  });
}
