import type { LiveFeed } from '../core/ports/live-feed.port';
import { compareFeedIds } from '../core/task/feed-id';
import { parseEntry, type ParsedEntry } from './feed-row';
import type { FeedVector } from './feed-vector';

const READ_LIMIT = 200;

export interface FeedSpan {
  readonly pipeline: string;
  /** Exclusive. */
  readonly after: FeedVector;
  /** Inclusive. */
  readonly upTo: FeedVector;
}

/**
 * The entries between two positions, in chunks. Ends with `lost` when some of them are kept no more, or when `after`
 * is of another generation or ahead of the feed; what was yielded before is still true. Throws TransientError.
 */
export async function* replayFeed(
  feed: LiveFeed,
  { pipeline, after, upTo }: FeedSpan,
): AsyncGenerator<readonly ParsedEntry[], 'complete' | 'lost'> {
  if (after.generation !== upTo.generation) return 'lost';
  for (const partition of upTo.partitions) {
    const end = upTo.idOf(partition);
    let at = after.idOf(partition);
    if (compareFeedIds(at, end) > 0) return 'lost';
    while (compareFeedIds(at, end) < 0) {
      const entries = await feed.read({ pipeline, partition }, at, READ_LIMIT);
      // Asked after the read: if nothing after `at` is gone now, nothing was gone when it was read.
      const { oldest } = await feed.extent({ pipeline, partition });
      const last = entries.at(-1);
      if (!last || compareFeedIds(oldest, at) > 0) return 'lost';
      yield entries.filter(({ id }) => compareFeedIds(id, end) <= 0).map(parseEntry);
      at = last.id;
    }
  }
  return 'complete';
}
