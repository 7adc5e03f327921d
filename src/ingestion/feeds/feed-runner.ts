import { FatalError, FencedError, messageOf, TransientError } from '../../core/errors';
import { CircuitBreaker } from '../../core/feeds/circuit-breaker';
import type { CompiledFeed } from '../../core/feeds/compiled-feed';
import { type FeedBatch, FeedBatchBuilder } from '../../core/feeds/feed-batch';
import { decodeState, encodeState, type FeedState, FIRST_STATE } from '../../core/feeds/feed-state';
import type { Clock } from '../../core/ports/clock.port';
import type { DeadLetterSink } from '../../core/ports/dead-letter-sink.port';
import type { FeedLedger } from '../../core/ports/feed-ledger.port';
import type { FeedLog, FeedWriter } from '../../core/ports/feed-log.port';
import type { ValueEncoder } from '../../core/ports/schema-codec.port';
import type { Log } from '../../core/ports/log.port';
import { pause } from '../../runtime/back-off';
import { FailedPoll } from './failed-poll';
import { leaseOf, type Term } from './feed-lease';
import type { FeedObserver } from './feed-observer';
import { FeedProgress } from './feed-progress';
import type { FeedSource, Poll } from './feed-source';

export interface FeedRunnerOptions {
  readonly feed: CompiledFeed;
  readonly openSource: () => FeedSource;
  /** Of the topic, which is there. */
  readonly partitions: number;
  /** The name of this process. */
  readonly holder: string;
  readonly ledger: FeedLedger;
  readonly feedLog: FeedLog;
  readonly deadLetters: DeadLetterSink;
  /** What values are written with, if not as JSON. Throws as `SchemaCodec.encoderFor` does. */
  readonly encoder: () => Promise<ValueEncoder | undefined>;
  readonly observer: FeedObserver;
  readonly clock: Clock;
  readonly log: Log;
}

const NO_BREAKER = { failures: Infinity, pause: 0 };
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 60_000;
/** A wait is cut into pieces, so that a clock that is set changes little. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Runs one feed for as long as its lease is held here, poll by poll:
 *
 * 1. **Claim.** The lease in the ledger; one process at a time.
 * 2. **Open.** The feed's log: fences the poller before, and gives the state of its last commit.
 * 3. **Poll.** The source gives items; they become records, dead letters and repetitions.
 * 4. **Letters.** Dead letters are stored; a crash after it stores them again.
 * 5. **Commit.** Records and state in one step.
 *
 * A death before 5 leaves nothing of the poll to be seen, and it is done again; after 5 it is done.
 */
export class FeedRunner {
  private readonly breaker: CircuitBreaker;
  private readonly progress: FeedProgress;
  private readonly stopping = new AbortController();
  private notBeforeMs = 0;
  /** What a token must exceed: known from the feed's own state. */
  private newestToken = 0;

  constructor(private readonly options: FeedRunnerOptions) {
    const { source } = options.feed.definition.spec;
    const { failures, pause: pauseMs } = source.kind === 'http-poll' ? source.breaker : NO_BREAKER;
    this.breaker = new CircuitBreaker({ failures, pauseMs });
    this.progress = new FeedProgress({ ...options, breaker: this.breaker });
  }

  /** Resolves after `stop`, when nothing of it runs any more. */
  async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const term = await this.claim();
      if (!term) break;
      try {
        await this.runTerm(term);
      } catch (thrown) {
        // What a wait or a request was broken off by is no failure.
        if (!term.signal.aborted && !this.stopping.signal.aborted) this.failed(thrown);
        await this.progress.report(term.token);
      }
      await term.end();
      this.options.observer.released(this.options.feed.name);
      await this.waitUntil(this.notBeforeMs, this.stopping.signal);
    }
  }

  /** What is being committed is finished. */
  stop(): void {
    this.stopping.abort();
  }

  /** 1. */
  private claim(): Promise<Term | undefined> {
    const { feed, holder, ledger, clock } = this.options;
    const onTrouble = (reason: string | undefined): void => this.progress.ledgerTrouble(reason);
    return leaseOf(
      { feed: feed.name, holder, ledger, clock, onTrouble, signal: this.stopping.signal },
      this.newestToken,
    );
  }

  private async runTerm(term: Term): Promise<void> {
    const { feed, feedLog } = this.options;
    const signal = AbortSignal.any([term.signal, this.stopping.signal]);
    const encoder = await this.options.encoder();
    const writer = await feedLog.open({ feed: feed.name, topic: feed.definition.spec.topic });
    const source = this.options.openSource();
    try {
      const state = this.stateFrom(writer);
      if (state.token > term.token) {
        this.newestToken = state.token;
        return;
      }
      this.progress.began(state);
      await this.pollOn(term, { writer, source, state, signal, encoder });
    } finally {
      await source.close();
      await writer.close();
    }
  }

  private async pollOn(term: Term, { state: first, ...parts }: PollParts): Promise<void> {
    const { source, signal } = parts;
    let state = first;
    let isFirst = true;
    while (!signal.aborted) {
      const { clock } = this.options;
      const dueMs = Math.max(source.dueAtMs(state, clock.now()), this.notBeforeMs);
      // What is due stays due while polls fail.
      if (isFirst || this.breaker.failures === 0) this.options.observer.due(this.options.feed.name, dueMs);
      isFirst = false;
      this.progress.waits(dueMs);
      await this.progress.reportIfDue(term.token);
      if (!(await this.waitUntil(dueMs, signal))) continue;
      try {
        state = await this.pollOnce({ ...parts, state }, term.token);
      } catch (thrown) {
        // Not the poll's fault: the lease or the writer is gone, or this process ends.
        if (signal.aborted || !(thrown instanceof FailedPoll)) throw thrown;
        this.failed(thrown);
      }
    }
  }

  /** 3 to 5. */
  private async pollOnce({ writer, source, state, signal, encoder }: PollParts, token: number): Promise<FeedState> {
    const { deadLetters, observer, clock, feed } = this.options;
    const poll = await source.poll(state, signal);
    this.notBeforeMs = poll?.notBeforeMs ?? 0;
    if (!poll) {
      this.succeeded('unchanged');
      return state;
    }
    const batch = this.batchOf(poll, state, encoder);
    if (batch.letters.length > 0) await deadLetters.write(batch.letters, signal);
    const { seen, ids, records, counts } = batch;
    const next = { ...state, ...poll.moved, token, seen, ids: [...ids], polledAtMs: clock.now() };
    // What has begun is finished: broken off here, it would only be done again.
    await writer.commit(records, encodeState(next), new AbortController().signal);
    observer.stored(feed.name, counts, newestOf(records));
    this.progress.stored(counts, next);
    this.succeeded('ok');
    return next;
  }

  private batchOf({ pages }: Poll, state: FeedState, encoder?: ValueEncoder): FeedBatch {
    const builder = new FeedBatchBuilder(this.options.feed, state, this.options.partitions, encoder);
    for (const { items, ...answer } of pages) builder.add(items, answer);
    return builder.batch();
  }

  private stateFrom({ left }: FeedWriter): FeedState {
    return left === undefined ? FIRST_STATE : decodeState(left, this.options.feed.name);
  }

  private succeeded(result: 'ok' | 'unchanged'): void {
    const { observer, feed, clock } = this.options;
    this.breaker.succeeded();
    observer.polled(feed.name, result);
    observer.succeeded(feed.name, clock.now());
    this.progress.succeeded(result);
  }

  private failed(thrown: unknown): void {
    const { observer, feed, clock } = this.options;
    const nowMs = clock.now();
    if (thrown instanceof FencedError) {
      this.notBeforeMs = nowMs + FIRST_BACK_OFF_MS;
      return this.progress.fenced(messageOf(thrown));
    }
    const result = thrown instanceof FailedPoll ? thrown.result : 'not-stored';
    this.breaker.failedAt(nowMs);
    const askedMs = thrown instanceof FailedPoll ? thrown.notBeforeMs : 0;
    const backOffMs = backOffAfter(this.breaker.failures, Math.random());
    this.notBeforeMs = Math.max(askedMs, this.breaker.notBeforeMs, nowMs + backOffMs);
    observer.polled(feed.name, result);
    const isExpected = [FailedPoll, TransientError, FatalError].some((type) => thrown instanceof type);
    this.progress.failed(result, messageOf(thrown), isExpected ? undefined : thrown);
  }

  /** False when the signal aborted, or when it is time to look again. */
  private async waitUntil(atMs: number, signal: AbortSignal): Promise<boolean> {
    const leftMs = atMs - this.options.clock.now();
    if (leftMs > 0) await pause(Math.min(leftMs, LONGEST_WAIT_MS), signal);
    return !signal.aborted && leftMs <= LONGEST_WAIT_MS;
  }
}

interface PollParts {
  readonly writer: FeedWriter;
  readonly source: FeedSource;
  readonly state: FeedState;
  readonly signal: AbortSignal;
  readonly encoder: ValueEncoder | undefined;
}

/** Exponential with jitter (from the half to the whole), capped; `chance` in [0, 1). */
function backOffAfter(failures: number, chance: number): number {
  const longest = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures, 16));
  return longest * (0.5 + chance / 2);
}

function newestOf(records: FeedBatch['records']): number | undefined {
  if (records.length === 0) return undefined;
  return records.reduce((newest, { timestampMs = 0 }) => Math.max(newest, timestampMs), 0);
}
