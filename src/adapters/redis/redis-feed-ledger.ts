import type { FeedClaim, FeedEntry, FeedLedger } from '../../core/ports/feed-ledger.port';
import { type ScriptedRedis, withScripts } from './redis-commands';
import { attempt, type RedisClient } from './redis-connection';
import { feedKey } from './redis-keys';

/** One hash for each feed, read and written by scripts, so that its lease and its report are of one term. */
export class RedisFeedLedger implements FeedLedger {
  private readonly redis: ScriptedRedis;

  constructor(redis: RedisClient) {
    this.redis = withScripts(redis);
  }

  claim({ feed, holder, ttlMs, atLeast }: FeedClaim): Promise<number | undefined> {
    return attempt(`lease feed ${feed}`, async () => {
      const token = await this.redis.millraceFeedClaim(feedKey(feed), holder, ttlMs, atLeast);
      return token ?? undefined;
    });
  }

  async release(feed: string, token: number): Promise<void> {
    await attempt(`release feed ${feed}`, () => this.redis.millraceFeedRelease(feedKey(feed), token));
  }

  async report(feed: string, token: number, text: string): Promise<boolean> {
    const kept = await attempt(`keep the report of feed ${feed}`, () =>
      this.redis.millraceFeedReport(feedKey(feed), token, text),
    );
    return kept === 1;
  }

  entries(feeds: readonly string[]): Promise<readonly FeedEntry[]> {
    return attempt('read feeds', () => Promise.all(feeds.map((feed) => this.entry(feed))));
  }

  private async entry(feed: string): Promise<FeedEntry> {
    const [holder, token, report] = await this.redis.millraceFeedEntry(feedKey(feed));
    return { holder: holder || undefined, token, report: report ?? undefined };
  }
}
