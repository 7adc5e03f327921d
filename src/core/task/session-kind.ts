import type { Span } from './span';
import type { SpanKind, SpanWork } from './span-kind';
import { ON_TIME } from './task-windows';

/**
 * Sessions: records of one key at most `gap` apart are one window `[first, last]`, both inclusive. Kafka Streams'
 * `SessionWindows.ofInactivityGapAndGrace`: a session is over when `last + gap + grace < W`, and a record is late when the
 * session that it would make or join is. All in ms.
 */
export class SessionKind implements SpanKind {
  readonly isCounted = false;

  constructor(
    private readonly gapMs: number,
    private readonly graceMs: number,
    private readonly amendMs: number,
  ) {}

  add(work: SpanWork): number {
    const { timeMs } = work.contribution.at;
    const joined = work.of.spans.filter((span) => this.reaches(span, timeMs));
    const startMs = Math.min(timeMs, ...joined.map((span) => span.startMs));
    const endMs = Math.max(timeMs, ...joined.map((span) => span.endMs));
    if (this.over(endMs) + this.amendMs <= work.watermarkMs) return work.watermarkMs - (endMs + this.gapMs + 1);
    const session = this.sessionOf(work, joined, startMs, endMs);
    work.add(session);
    return this.over(endMs) <= work.watermarkMs ? work.watermarkMs - (endMs + this.gapMs + 1) : ON_TIME;
  }

  closesAt({ endMs }: Span): number {
    return this.over(endMs);
  }

  dropsAt({ endMs }: Span): number {
    return this.over(endMs) + this.amendMs;
  }

  private reaches({ startMs, endMs }: Span, timeMs: number): boolean {
    return endMs >= timeMs - this.gapMs && startMs <= timeMs + this.gapMs;
  }

  /** The least watermark at which a session that ends here is over. */
  private over(endMs: number): number {
    return endMs + this.gapMs + this.graceMs + 1;
  }

  private sessionOf(work: SpanWork, joined: readonly Span[], startMs: number, endMs: number): Span {
    const [first, ...others] = joined;
    if (first !== undefined && others.length === 0) return widened(work, first, startMs, endMs);
    for (const span of joined) work.supersede(span);
    const session = work.create(startMs, endMs);
    // In order of their last record, then of their first, so that sums do not depend on how they were found.
    for (const span of [...joined].sort((a, b) => a.endMs - b.endMs || a.startMs - b.startMs))
      work.merge(session, span);
    work.of.spans = [...work.of.spans.filter((span) => !joined.includes(span)), session];
    return session;
  }
}

function widened(work: SpanWork, span: Span, startMs: number, endMs: number): Span {
  if (span.startMs !== startMs || span.endMs !== endMs) work.rebound(span, startMs, endMs);
  return span;
}
