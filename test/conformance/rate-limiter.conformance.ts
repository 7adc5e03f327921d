import * as fc from 'fast-check';
import type { RateLimiter } from '../../src/core/ports/rate-limiter.port';
import { RATE_ALGORITHMS, type RateAlgorithm, type RateLimit } from '../../src/core/rate-limits/rate-limit';

export interface RateLimiterHarness {
  /** Two processes that share limits, and a clock that the test sets. */
  readonly limiters: readonly [RateLimiter, RateLimiter];
  readonly clock: { nowMs: number };
  newName(): string;
  close(): Promise<void>;
}

const BEGIN_MS = 1_700_000_000_000;
const limitOf = (algorithm: RateAlgorithm, units = 10, windowMs = 1_000): RateLimit => ({ algorithm, units, windowMs });

/** What every RateLimiter guarantees. */
export function describeRateLimiter(implementation: string, open: () => Promise<RateLimiterHarness>): void {
  describe(`RateLimiter: ${implementation}`, () => {
    let harness: RateLimiterHarness;
    let name: string;

    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness?.close());
    beforeEach(() => {
      name = harness.newName();
      harness.clock.nowMs = BEGIN_MS;
    });

    const take = (units: number, limit: RateLimit, process = 0) => harness.limiters[process]!.take(name, units, limit);
    const wait = (ms: number): void => void (harness.clock.nowMs += ms);

    describe.each(RATE_ALGORITHMS)('%s', (algorithm) => {
      const limit = limitOf(algorithm);

      it('passes as many as the limit says and then says how long to wait', async () => {
        expect(await take(4, limit)).toMatchObject({ isAllowed: true, remaining: 6, retryAfterMs: 0 });
        expect(await take(6, limit)).toMatchObject({ isAllowed: true, remaining: 0 });
        const refused = await take(1, limit);
        expect(refused).toMatchObject({ isAllowed: false, remaining: 0 });
        wait(refused.retryAfterMs);
        expect(await take(1, limit)).toMatchObject({ isAllowed: true });
      });

      it('is not used up by what it refuses', async () => {
        await take(7, limit);
        for (let i = 0; i < 5; i++) expect(await take(4, limit)).toMatchObject({ isAllowed: false, remaining: 3 });
        expect(await take(3, limit)).toMatchObject({ isAllowed: true });
      });

      it('is unused again after the time it says', async () => {
        const { resetMs } = await take(8, limit);
        wait(resetMs);
        expect(await take(10, limit)).toMatchObject({ isAllowed: true, remaining: 0 });
      });

      it('passes more than the limit at once when nothing is used, and nothing else then', async () => {
        expect(await take(25, limit)).toMatchObject({ isAllowed: true, remaining: 0 });
        const refused = await take(1, limit);
        expect(refused.isAllowed).toBe(false);
        wait(refused.retryAfterMs);
        expect(await take(1, limit)).toMatchObject({ isAllowed: true });
      });

      it('passes exactly the limit to takes at the same time by two processes', async () => {
        const verdicts = await Promise.all(Array.from({ length: 100 }, (_, i) => take(1, limit, i % 2)));
        expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(10);
      });

      it('keeps names apart, and limits of one name', async () => {
        await take(10, limit);
        expect(await harness.limiters[0].take(harness.newName(), 10, limit)).toMatchObject({ isAllowed: true });
      });

      it('gives nothing for a clock that is set back', async () => {
        await take(10, limit);
        wait(-5_000);
        expect(await take(1, limit)).toMatchObject({ isAllowed: false });
      });

      it('never passes more than it promises, whatever is asked when', async () => {
        const asked = fc.array(fc.record({ units: fc.integer({ min: 1, max: 10 }), afterMs: fc.nat(400) }), {
          minLength: 1,
          maxLength: 30,
        });
        await fc.assert(
          fc.asyncProperty(asked, async (takes) => {
            name = harness.newName();
            harness.clock.nowMs = BEGIN_MS;
            const passed: { atMs: number; units: number }[] = [];
            for (const { units, afterMs } of takes) {
              wait(afterMs);
              const { isAllowed, retryAfterMs } = await take(units, limit);
              if (isAllowed) passed.push({ atMs: harness.clock.nowMs, units });
              else expect(retryAfterMs).toBeGreaterThan(0);
            }
            expect(greatest(passed, algorithm)).toBeLessThanOrEqual(algorithm === 'token-bucket' ? 20 : 10);
          }),
          { seed: 20130101, numRuns: 40 },
        );
      });
    });

    it('lets a token bucket hold a burst that is greater than what comes in', async () => {
      const limit: RateLimit = { algorithm: 'token-bucket', units: 10, windowMs: 1_000, burst: 30 };
      expect(await take(30, limit)).toMatchObject({ isAllowed: true, remaining: 0, resetMs: 3_000 });
      expect(await take(5, limit)).toMatchObject({ isAllowed: false, retryAfterMs: 500 });
      wait(499);
      expect(await take(5, limit)).toMatchObject({ isAllowed: false, retryAfterMs: 1 });
      wait(1);
      expect(await take(5, limit)).toMatchObject({ isAllowed: true });
    });

    it('passes a fixed window anew at its border, a sliding one not', async () => {
      wait(900);
      await take(10, limitOf('fixed-window'));
      await take(10, limitOf('sliding-window'));
      wait(100);
      expect(await take(10, limitOf('fixed-window'))).toMatchObject({ isAllowed: true });
      expect(await take(1, limitOf('sliding-window'))).toMatchObject({ isAllowed: false });
    });
  });
}

/** Units that passed in the fullest window of the algorithm. */
function greatest(passed: readonly { atMs: number; units: number }[], algorithm: RateAlgorithm): number {
  const sum = (isIn: (atMs: number) => boolean): number =>
    passed.filter(({ atMs }) => isIn(atMs)).reduce((total, { units }) => total + units, 0);
  const windows = passed.map(({ atMs }) =>
    algorithm === 'fixed-window'
      ? sum((other) => Math.floor(other / 1_000) === Math.floor(atMs / 1_000))
      : sum((other) => other > atMs - 1_000 && other <= atMs),
  );
  return Math.max(0, ...windows);
}
