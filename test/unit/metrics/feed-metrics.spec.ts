import { FeedMetrics } from '../../../src/metrics/feed-metrics';
import { Meters } from '../../../src/metrics/meters';

describe('metrics of feeds', () => {
  let nowMs: number;
  let meters: Meters;
  let feeds: FeedMetrics;

  beforeEach(() => {
    nowMs = 1_000_000;
    meters = new Meters();
    feeds = new FeedMetrics(meters, () => nowMs);
  });

  async function value(metric: string): Promise<string | undefined> {
    const text = await meters.registry.metrics();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${metric}{feed="coins"}`));
    return line?.split(' ')[1];
  }
  const overdue = () => value('millrace_feed_overdue_seconds');

  it('tell for how long a poll has been due', async () => {
    feeds.due('coins', nowMs + 30_000);
    nowMs += 30_000;
    expect(await overdue()).toBe('0');
    nowMs += 2_500;
    expect(await overdue()).toBe('2.5');
    feeds.due('coins', nowMs + 30_000);
    expect(await overdue()).toBe('0');
  });

  it('do not count what was due before this process had the feed', async () => {
    feeds.due('coins', 0);
    nowMs += 1_000;
    expect(await overdue()).toBe('1');
  });

  it('call a feed that has nothing more to fetch never overdue', async () => {
    feeds.due('coins', Infinity);
    nowMs += 86_400_000;
    expect(await overdue()).toBe('0');
  });

  it('leave an enabled feed without a runner to be seen when its lease goes', async () => {
    feeds.enabled('coins');
    feeds.due('coins', nowMs);
    feeds.released('coins');
    expect(await overdue()).toBeUndefined();
    expect(await value('millrace_feed_enabled')).toBe('1');
  });
});
