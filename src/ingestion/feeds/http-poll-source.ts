import { PoisonRecordError } from '../../core/errors';
import { type CompiledPolling, compilePolling, type PolledPage } from '../../core/feeds/compile-polling';
import type { CompiledFeed } from '../../core/feeds/compiled-feed';
import type { FeedState } from '../../core/feeds/feed-state';
import type { HttpPollDefinition } from '../../core/feeds/feed-source-definition';
import type { JsonValue } from '../../core/json';
import type { Language } from '../../core/pipeline/language';
import type { Clock } from '../../core/ports/clock.port';
import { VERSION } from '../../version';
import { bodyIn } from './answer-body';
import { FailedPoll } from './failed-poll';
import type { FeedSource, Poll } from './feed-source';
import { type HttpAnswer, httpGet } from './http-request';
import { RequestSpacing } from './request-spacing';
import { type Schedule, scheduleOf } from './schedule';

export interface HttpPollParts {
  readonly feed: CompiledFeed;
  readonly source: HttpPollDefinition;
  readonly language: Language;
  readonly clock: Clock;
}

/** Asks an HTTP API for its items, page by page. A poll is one whole: pages of one that fails are forgotten. */
export class HttpPollSource implements FeedSource {
  private readonly polling: CompiledPolling;
  private readonly schedule: Schedule;
  private readonly spacing: RequestSpacing;
  private lastPollMs = 0;

  /** Throws ConfigError for a schedule that cannot be kept. */
  constructor(private readonly parts: HttpPollParts) {
    this.polling = compilePolling(parts.source, parts.language);
    this.schedule = scheduleOf(parts.source);
    this.spacing = new RequestSpacing(parts.source.rateLimit, parts.clock);
  }

  dueAtMs(state: FeedState, nowMs: number): number {
    const { due } = this.polling;
    const lastMs = Math.max(state.polledAtMs, this.lastPollMs);
    if (!due) return this.schedule.after(lastMs);
    const now = new Date(nowMs);
    if (due(this.cursorOf(state, now), now)) return nowMs;
    return this.schedule.after(Math.max(lastMs, nowMs));
  }

  async poll(state: FeedState, signal: AbortSignal): Promise<Poll | undefined> {
    const now = new Date(this.parts.clock.now());
    this.lastPollMs = now.getTime();
    try {
      return await this.allPages(state, now, signal);
    } catch (thrown) {
      if (thrown instanceof PoisonRecordError) throw new FailedPoll('not-understood', thrown.message);
      throw thrown;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async allPages(state: FeedState, now: Date, signal: AbortSignal): Promise<Poll | undefined> {
    const cursor = this.cursorOf(state, now);
    const pages: PolledPage[] = [];
    let first: HttpAnswer | undefined;
    let notBeforeMs = 0;
    for (let followed: string | boolean = true; followed !== false; followed = this.polling.following(pages.at(-1)!)) {
      const at = { cursor, page: pages.length, now };
      const url = this.polling.address(at, followed === true ? undefined : followed);
      const answer = await this.ask(url, first ? undefined : state, signal);
      notBeforeMs = Math.max(notBeforeMs, answer.notBeforeMs);
      if (!first && answer.isUnchanged) return undefined;
      first ??= answer;
      pages.push(this.pageOf(answer, at));
    }
    const moved = { etag: first?.headers['etag'] ?? null, lastModified: first?.headers['last-modified'] ?? null };
    return { pages, moved: { ...moved, cursor: this.polling.next(pages.at(-1)!) }, notBeforeMs };
  }

  /** `state` for a request that may be answered with "nothing newer". */
  private async ask(url: string, state: FeedState | undefined, signal: AbortSignal): Promise<HttpAnswer> {
    const { source, clock } = this.parts;
    await this.spacing.turn(signal);
    const headers = {
      accept: source.format === 'csv' ? 'text/csv' : 'application/json',
      'user-agent': `millrace/${VERSION}`,
      // Of another address when the cursor moves: an ETag says nothing there.
      ...(state && !source.cursor && conditions(state)),
      ...source.headers,
    };
    return httpGet({ url, headers, signal, timeoutMs: source.timeout, maxBytes: source.maxBytes }, clock);
  }

  private pageOf(answer: HttpAnswer, at: { cursor: JsonValue; page: number; now: Date }): PolledPage {
    const page = { ...at, headers: answer.headers, body: bodyIn(answer, this.parts.source) };
    return { ...page, items: this.parts.feed.itemsOf(page) };
  }

  private cursorOf(state: FeedState, now: Date): JsonValue {
    return state.cursor ?? this.polling.start(now);
  }
}

function conditions({ etag, lastModified }: FeedState): Readonly<Record<string, string>> {
  return {
    ...(etag !== null && { 'if-none-match': etag }),
    ...(lastModified !== null && { 'if-modified-since': lastModified }),
  };
}
