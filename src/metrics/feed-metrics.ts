import { Counter, Gauge, type Registry } from 'prom-client';
import type { FeedCounts } from '../core/feeds/feed-batch';

const DROPPED = ['duplicates', 'filtered', 'dead'] as const;

/** Metrics of feeds. Labels are bounded: names of feeds, and closed sets of results and reasons. */
export class FeedMetrics {
  private readonly polls: Counter;
  private readonly records: Counter;
  private readonly dropped: Counter;
  private readonly lastSuccess: Gauge;
  private readonly lag: Gauge;
  /** By feed: time of the newest record that it has produced here, epoch ms. */
  private readonly newestMs = new Map<string, number>();

  constructor(registry: Registry, nowMs: () => number) {
    const registers = [registry];
    const counter = (name: string, help: string, labels: readonly string[] = []): Counter =>
      new Counter({ name, help, labelNames: ['feed', ...labels], registers });
    this.polls = counter('millrace_feed_polls_total', 'Polls of a feed, by what came of them', ['result']);
    this.records = counter('millrace_feed_records_total', 'Records that a feed has produced');
    this.dropped = counter(
      'millrace_feed_dropped_total',
      'Items that became no record: repetitions, filtered ones, dead letters',
      ['reason'],
    );
    this.lastSuccess = new Gauge({
      name: 'millrace_feed_last_success_timestamp_seconds',
      help: 'When the last poll succeeded, of the feeds that this process runs',
      labelNames: ['feed'],
      registers,
    });
    this.lag = new Gauge({
      name: 'millrace_feed_lag_seconds',
      help: 'Now minus the time of the newest record produced, of the feeds that this process runs',
      labelNames: ['feed'],
      registers,
      collect: () => {
        for (const [feed, atMs] of this.newestMs) this.lag.set({ feed }, (nowMs() - atMs) / 1000);
      },
    });
  }

  polled(feed: string, result: string): void {
    this.polls.inc({ feed, result });
  }

  stored(feed: string, counts: FeedCounts, newestRecordMs: number | undefined): void {
    this.records.inc({ feed }, counts.records);
    for (const reason of DROPPED) this.dropped.inc({ feed, reason }, counts[reason]);
    if (newestRecordMs === undefined) return;
    this.newestMs.set(feed, Math.max(newestRecordMs, this.newestMs.get(feed) ?? 0));
  }

  succeeded(feed: string, nowMs: number): void {
    this.lastSuccess.set({ feed }, nowMs / 1000);
  }

  released(feed: string): void {
    this.newestMs.delete(feed);
    this.lag.remove({ feed });
    this.lastSuccess.remove({ feed });
  }
}
