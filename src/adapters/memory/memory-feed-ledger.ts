import type { Clock } from '../../core/ports/clock.port';
import type { FeedClaim, FeedEntry, FeedLedger } from '../../core/ports/feed-ledger.port';

interface Lease {
  holder: string;
  token: number;
  untilMs: number;
  report?: string;
}

/** Twin of the ledger in Redis, for one process. */
export class MemoryFeedLedger implements FeedLedger {
  private readonly leases = new Map<string, Lease>();

  constructor(private readonly clock: Clock) {}

  claim({ feed, holder, ttlMs, atLeast }: FeedClaim): Promise<number | undefined> {
    const nowMs = this.clock.now();
    const lease = this.leases.get(feed) ?? { holder, token: 0, untilMs: 0 };
    const isHeld = lease.untilMs > nowMs;
    if (isHeld && lease.holder !== holder) return Promise.resolve(undefined);
    if (!isHeld || lease.token < atLeast) lease.token = Math.max(lease.token, atLeast) + 1;
    this.leases.set(feed, Object.assign(lease, { holder, untilMs: nowMs + ttlMs }));
    return Promise.resolve(lease.token);
  }

  release(feed: string, token: number): Promise<void> {
    const lease = this.leases.get(feed);
    if (lease?.token === token) lease.untilMs = 0;
    return Promise.resolve();
  }

  report(feed: string, token: number, text: string): Promise<boolean> {
    const lease = this.leases.get(feed);
    if (!lease || lease.token > token) return Promise.resolve(false);
    lease.report = text;
    return Promise.resolve(true);
  }

  entries(feeds: readonly string[]): Promise<readonly FeedEntry[]> {
    const nowMs = this.clock.now();
    return Promise.resolve(
      feeds.map((feed) => {
        const lease = this.leases.get(feed);
        const holder = lease && lease.untilMs > nowMs ? lease.holder : undefined;
        return { holder, token: lease?.token ?? 0, report: lease?.report };
      }),
    );
  }
}
