import type { Span } from './span';
import type { SpanKind, SpanWork } from './span-kind';
import { ON_TIME } from './task-windows';

/** What one look at the windows around a record finds. */
interface Around {
  /** Windows that hold the record, as they are before it. */
  readonly holding: readonly Span[];
  /** The window that starts just after the record is there. */
  readonly rightExists: boolean;
  /** The window that ends at the record is there. */
  readonly leftExists: boolean;
  /** A record of exactly this time is in: all windows that it would make exist. */
  readonly isRepeat: boolean;
  /** What a window that starts just after the record begins with. */
  readonly right: Span | undefined;
  /** The window that ends before the record: what the record's own window begins with. */
  readonly left: Span | undefined;
  /** Event time of the record before it, if a window shows it. */
  readonly previousMs: number | undefined;
}

/**
 * Sliding windows: `[t - size, t]` for each record, and `[t + 1, t + 1 + size]` where it holds records, both inclusive.
 * The rules of Kafka Streams' `KStreamSlidingWindowAggregate` 4.1, one by one, so that equal input gives equal tables:
 * a window is late when `end + grace < W`, and a record all of whose windows are late leaves no trace. All in ms.
 * Windows are kept in order of their start; there is none with a negative start.
 */
export class SlidingKind implements SpanKind {
  readonly isCounted = false;

  constructor(
    private readonly sizeMs: number,
    private readonly graceMs: number,
    private readonly amendMs: number,
  ) {}

  add(work: SpanWork): number {
    const { timeMs } = work.contribution.at;
    const isGone = this.isGone(timeMs + this.sizeMs, work);
    const put = !isGone && (timeMs < this.sizeMs ? this.addEarly(work, timeMs) : this.addAt(work, timeMs));
    return put ? ON_TIME : work.watermarkMs - (timeMs + 1);
  }

  closesAt({ endMs }: Span): number {
    return endMs + this.graceMs + 1;
  }

  /**
   * Closed windows are still read: a record that is late only in part looks for the record before it in windows that start
   * up to two sizes earlier. An older one can hide that record, so none may go sooner.
   */
  dropsAt({ startMs }: Span): number {
    return startMs + 3 * this.sizeMs + this.graceMs + this.amendMs + 1;
  }

  /** Whether a window that is open has changed. */
  private addAt(work: SpanWork, timeMs: number): boolean {
    const around = this.around(work.of.spans, timeMs);
    if (!around.isRepeat) this.copyRight(work, around, timeMs);
    let put = this.update(work, around.holding);
    if (around.isRepeat) return put;
    const { previousMs, left } = around;
    // Where it would end at the record it is the record's own window, which is next.
    const reachesBack = previousMs !== undefined && previousMs + 1 + this.sizeMs > timeMs;
    if (reachesBack && !hasStart(work.of.spans, previousMs + 1)) {
      put = this.open(work, previousMs + 1, undefined) || put;
    }
    if (around.leftExists) return put;
    const base = previousMs !== undefined && previousMs >= timeMs - this.sizeMs ? left : undefined;
    return this.open(work, timeMs - this.sizeMs, base) || put;
  }

  /** In the first `size` of all time: `[0, size]` holds every record that has no window of its own. */
  private addEarly(work: SpanWork, timeMs: number): boolean {
    const { spans } = work.of;
    const first = spans.find(({ startMs }) => startMs === 0);
    const holding = spans.filter(({ startMs }) => startMs > 0 && startMs <= timeMs);
    const right = holding.at(-1) ?? (first && first.latestMs > timeMs ? first : undefined);
    const previousMs = first && first.latestMs < timeMs ? first.latestMs : undefined;
    this.copyRight(work, { right, rightExists: hasStart(spans, timeMs + 1) }, timeMs);
    let put = this.update(work, holding);
    if (previousMs !== undefined && !hasStart(spans, previousMs + 1))
      put = this.open(work, previousMs + 1, undefined) || put;
    return (first ? this.update(work, [first]) : this.open(work, 0, undefined)) || put;
  }

  private around(spans: readonly Span[], timeMs: number): Around {
    const least = Math.max(0, timeMs - 2 * this.sizeMs);
    const holding: Span[] = [];
    let [rightExists, leftExists] = [false, false];
    let right: Span | undefined;
    let previousMs: number | undefined;
    for (let i = spans.length - 1; i >= 0; i--) {
      const span = spans[i]!;
      if (span.startMs > timeMs + 1) continue;
      if (span.startMs < least) break;
      if (span.startMs === timeMs + 1) rightExists = true;
      else if (span.endMs > timeMs) {
        right ??= span;
        holding.push(span);
      } else if (span.endMs === timeMs) {
        leftExists = true;
        holding.push(span);
        if (span.latestMs >= timeMs)
          return { holding, rightExists, leftExists, isRepeat: true, right, left: undefined, previousMs };
        previousMs = span.latestMs;
      } else {
        return { holding, rightExists, leftExists, isRepeat: false, right, left: span, previousMs: span.latestMs };
      }
    }
    return { holding, rightExists, leftExists, isRepeat: false, right, left: undefined, previousMs };
  }

  /** The window just after the record holds what the one over it held, without the record. */
  private copyRight(
    work: SpanWork,
    { right, rightExists }: Pick<Around, 'right' | 'rightExists'>,
    timeMs: number,
  ): void {
    if (rightExists || !right || right.latestMs <= timeMs) return;
    const span = work.create(timeMs + 1, timeMs + 1 + this.sizeMs);
    work.merge(span, right);
    insert(work.of.spans, span);
  }

  private update(work: SpanWork, spans: readonly Span[]): boolean {
    let put = false;
    for (const span of spans) {
      if (this.isGone(span.endMs, work)) continue;
      work.add(span);
      put ||= this.isOpen(span, work);
    }
    return put;
  }

  private open(work: SpanWork, startMs: number, base: Span | undefined): boolean {
    if (this.isGone(startMs + this.sizeMs, work)) return false;
    const span = work.create(startMs, startMs + this.sizeMs);
    if (base) work.merge(span, base);
    work.add(span);
    insert(work.of.spans, span);
    return this.isOpen(span, work);
  }

  private isGone(endMs: number, { watermarkMs }: SpanWork): boolean {
    return endMs + this.graceMs + this.amendMs < watermarkMs;
  }

  private isOpen(span: Span, { watermarkMs }: SpanWork): boolean {
    return this.closesAt(span) > watermarkMs;
  }
}

function hasStart(spans: readonly Span[], startMs: number): boolean {
  return spans.some((span) => span.startMs === startMs);
}

function insert(spans: Span[], span: Span): void {
  let at = spans.length;
  while (at > 0 && spans[at - 1]!.startMs > span.startMs) at--;
  spans.splice(at, 0, span);
}
