import type { FeedCounts } from '../../core/feeds/feed-batch';
import type { PollResult } from './failed-poll';

/** Told what feeds do; metrics are one. */
export interface FeedObserver {
  /** The feed has to fetch, here or in another process. */
  enabled(feed: string): void;
  /** The next successful poll is due at epoch ms, Infinity for never; while polls fail not told again by the same process. */
  due(feed: string, atMs: number): void;
  polled(feed: string, result: PollResult): void;
  /** What became of the items of a poll, once it is stored. */
  stored(feed: string, counts: FeedCounts, newestRecordMs: number | undefined): void;
  /** At epoch ms. */
  succeeded(feed: string, nowMs: number): void;
  /** Another process runs the feed: what this one knows of it is not the truth any more. */
  released(feed: string): void;
}

/** Injection token of {@link FeedObserver}. */
export const FEED_OBSERVER = Symbol('millrace.feed-observer');
