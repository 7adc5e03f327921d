import type { PolledPage } from '../../core/feeds/compile-polling';
import type { FeedState } from '../../core/feeds/feed-state';

/** What one poll brought. */
export interface Poll {
  readonly pages: readonly PolledPage[];
  /** What becomes part of the feed's state with the records. */
  readonly moved: Partial<Pick<FeedState, 'cursor' | 'etag' | 'lastModified'>>;
  /** When the upstream wants to be asked again, epoch ms; 0 when it says nothing. */
  readonly notBeforeMs: number;
}

/** Where the items of a feed come from; one for each term of its lease. */
export interface FeedSource {
  /** When the next poll is due, epoch ms, at `nowMs` or before for now; Infinity when there is nothing more, ever. */
  dueAtMs(state: FeedState, nowMs: number): number;
  /** `undefined` when the upstream has nothing newer. Throws FailedPoll. */
  poll(state: FeedState, signal: AbortSignal): Promise<Poll | undefined>;
  /** Ends what is open. */
  close(): Promise<void>;
}
