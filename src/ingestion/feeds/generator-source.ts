import type { GeneratorDefinition } from '../../core/feeds/feed-source-definition';
import type { FeedState } from '../../core/feeds/feed-state';
import type { Clock } from '../../core/ports/clock.port';
import type { FeedSource, Poll } from './feed-source';
import { Quota } from './quota';

/** Items that are nothing but their number: the expressions of the feed make records of them. */
export class GeneratorSource implements FeedSource {
  private readonly quota: Quota;

  constructor(
    private readonly definition: GeneratorDefinition,
    private readonly clock: Clock,
  ) {
    this.quota = new Quota(definition.rate);
  }

  dueAtMs({ seen }: FeedState): number {
    return seen >= (this.definition.count ?? Infinity) ? Infinity : this.quota.dueAtMs;
  }

  poll({ seen }: FeedState): Promise<Poll | undefined> {
    const now = new Date(this.clock.now());
    const left = (this.definition.count ?? Infinity) - seen;
    const count = Math.min(this.quota.takeAt(now.getTime()), left);
    if (count === 0) return Promise.resolve(undefined);
    const items = Array.from({ length: count }, (_, i) => ({ n: seen + i }));
    const page = { items, body: items, headers: {}, page: 0, cursor: null, now };
    return Promise.resolve({ pages: [page], moved: {}, notBeforeMs: 0 });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
