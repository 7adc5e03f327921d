import type { CircuitBreaker } from '../../core/feeds/circuit-breaker';
import type { CompiledFeed } from '../../core/feeds/compiled-feed';
import { type FeedCounts, NO_COUNTS } from '../../core/feeds/feed-batch';
import { type FeedState, FIRST_STATE } from '../../core/feeds/feed-state';
import type { Clock } from '../../core/ports/clock.port';
import type { FeedLedger } from '../../core/ports/feed-ledger.port';
import type { Log } from '../../core/ports/log.port';
import type { PollResult } from './failed-poll';
import { encodeReport, type FeedReport } from './feed-report';

/** Between two reports that only count on, ms. */
const REPORT_EVERY_MS = 1_000;

export interface ProgressOptions {
  readonly feed: CompiledFeed;
  readonly ledger: FeedLedger;
  readonly clock: Clock;
  readonly log: Log;
  readonly breaker: CircuitBreaker;
}

/** How a feed is, told to the other processes by the ledger and to operators by the log. */
export class FeedProgress {
  private state: FeedState = FIRST_STATE;
  private counts: FeedCounts = NO_COUNTS;
  private times: { lastPollAt?: string; lastSuccessAt?: string; nextPollAt?: string } = {};
  private lastResult: PollResult | undefined;
  private reason: string | undefined;
  private hasEnded = false;
  private isNews = false;
  private reportedMs = 0;
  private isLedgerAway = false;

  constructor(private readonly options: ProgressOptions) {}

  /** A term begins. */
  began(state: FeedState): void {
    this.state = state;
    this.counts = NO_COUNTS;
    this.isNews = true;
    this.log('info', 'feed.running', 'runs here');
  }

  waits(dueMs: number): void {
    const ends = dueMs === Infinity;
    if (ends && !this.hasEnded) this.log('info', 'feed.ended', 'has nothing more');
    this.isNews ||= ends !== this.hasEnded;
    this.hasEnded = ends;
    if (!ends) this.times.nextPollAt = isoTime(Math.max(dueMs, this.options.clock.now()));
  }

  stored(counts: FeedCounts, state: FeedState): void {
    this.state = state;
    const { records, duplicates, filtered, dead } = this.counts;
    this.counts = {
      records: records + counts.records,
      duplicates: duplicates + counts.duplicates,
      filtered: filtered + counts.filtered,
      dead: dead + counts.dead,
    };
  }

  succeeded(result: PollResult): void {
    if (this.reason !== undefined) this.log('info', 'feed.recovered', 'answers again');
    this.isNews ||= this.reason !== undefined;
    this.reason = undefined;
    this.lastResult = result;
    this.times.lastPollAt = this.times.lastSuccessAt = isoTime(this.options.clock.now());
  }

  /** `unexpected`: an error that nobody thought of, whose stack is worth keeping. */
  failed(result: PollResult, reason: string, unexpected?: unknown): void {
    // One line for each new reason: a feed that fails every half a second says it once.
    if (reason !== this.reason) this.log('warn', 'feed.failing', `fails: ${reason}`, { result, err: unexpected });
    this.reason = reason;
    this.lastResult = result;
    this.times.lastPollAt = isoTime(this.options.clock.now());
    this.isNews = true;
  }

  fenced(reason: string): void {
    this.log('warn', 'feed.fenced', `is opened again: ${reason}`);
  }

  ledgerTrouble(reason: string | undefined): void {
    if (reason !== undefined && !this.isLedgerAway) this.log('warn', 'feed.lease-failed', `waits: ${reason}`);
    this.isLedgerAway = reason !== undefined;
  }

  async reportIfDue(token: number): Promise<void> {
    const isDue = this.options.clock.now() - this.reportedMs >= REPORT_EVERY_MS;
    if (isDue || this.isNews) await this.report(token);
  }

  /** Never rejects: what others see is a little older then. */
  async report(token: number): Promise<void> {
    const { ledger, feed, clock } = this.options;
    this.reportedMs = clock.now();
    this.isNews = false;
    await ledger.report(feed.name, token, encodeReport(this.current())).catch(() => undefined);
  }

  private current(): FeedReport {
    const { breaker, clock } = this.options;
    const nowMs = clock.now();
    const { reason, lastResult, times, counts, state } = this;
    return {
      state: reason !== undefined ? 'failing' : this.hasEnded ? 'ended' : 'running',
      ...(reason !== undefined && { reason }),
      ...(lastResult && { lastResult }),
      ...times,
      failuresInARow: breaker.failures,
      circuit: breaker.stateAt(nowMs),
      counts,
      items: state.seen,
      cursor: state.cursor,
    };
  }

  private log(level: 'info' | 'warn', event: string, message: string, fields: Record<string, unknown> = {}): void {
    const { feed, log } = this.options;
    log[level]({ event, feed: feed.name, ...fields }, `Feed ${feed.name} ${message}`);
  }
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
