import type { Counter, Gauge } from 'prom-client';
import type { FeedCounts } from '../core/feeds/feed-batch';
import type { Meters } from './meters';

const DROPPED = ['duplicates', 'filtered', 'dead'] as const;

/** Metrics of feeds. Labels are bounded: names of feeds, and closed sets of results and reasons. */
export class FeedMetrics {
  private readonly polls: Counter;
  private readonly records: Counter;
  private readonly dropped: Counter;
  private readonly enabledFeeds: Gauge;
  private readonly overdue: Gauge;
  private readonly lastSuccess: Gauge;
  private readonly lag: Gauge;
  /** By feed: when the poll that has not yet succeeded was due, epoch ms; Infinity when none will be. */
  private readonly dueMs = new Map<string, number>();
  /** By feed: time of the newest record that it has produced here, epoch ms. */
  private readonly newestMs = new Map<string, number>();

  constructor(
    meters: Meters,
    private readonly nowMs: () => number,
  ) {
    const feed = { labels: ['feed'], across: 'max' } as const;
    this.polls = meters.counter('millrace_feed_polls_total', 'Polls of a feed, by what came of them', [
      'feed',
      'result',
    ]);
    this.records = meters.counter('millrace_feed_records_total', 'Records that a feed has produced', ['feed']);
    this.dropped = meters.counter(
      'millrace_feed_dropped_total',
      'Items that became no record: repetitions (`duplicates`), `filtered` ones, dead letters (`dead`)',
      ['feed', 'reason'],
    );
    this.enabledFeeds = meters.gauge(
      'millrace_feed_enabled',
      '1 for each feed that has to fetch, in each process that may run it; without `millrace_feed_overdue_seconds` nobody does',
      feed,
    );
    this.overdue = meters.gauge(
      'millrace_feed_overdue_seconds',
      'For how long a successful poll has been due, of the feeds that this process runs; 0 when none is, or none will be',
      { ...feed, collect: () => this.collectOverdue(nowMs()) },
    );
    this.lastSuccess = meters.gauge(
      'millrace_feed_last_success_timestamp_seconds',
      'When the last poll succeeded, of the feeds that this process runs',
      feed,
    );
    this.lag = meters.gauge(
      'millrace_feed_lag_seconds',
      'Now minus the time of the newest record produced, of the feeds that this process runs',
      { ...feed, collect: () => this.collectLag(nowMs()) },
    );
  }

  enabled(feed: string): void {
    this.enabledFeeds.set({ feed }, 1);
  }

  due(feed: string, atMs: number): void {
    // What was due before this process had the feed is not its silence.
    this.dueMs.set(feed, Math.max(atMs, this.nowMs()));
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
    this.dueMs.delete(feed);
    for (const gauge of [this.overdue, this.lag, this.lastSuccess]) gauge.remove({ feed });
  }

  private collectOverdue(nowMs: number): void {
    for (const [feed, dueMs] of this.dueMs) this.overdue.set({ feed }, Math.max(0, nowMs - dueMs) / 1000);
  }

  private collectLag(nowMs: number): void {
    for (const [feed, atMs] of this.newestMs) this.lag.set({ feed }, (nowMs - atMs) / 1000);
  }
}
