import type { Span } from './span';
import type { SpanKind, SpanWork } from './span-kind';
import { ON_TIME } from './task-windows';

/**
 * Every `size` records of a key, in order of arrival: Flink's `countWindow`. A window has an ordinal (`window.index`), and
 * as bounds the least and the greatest event time of its records, both inclusive. No record is late.
 */
export class CountKind implements SpanKind {
  readonly isCounted = true;

  constructor(private readonly size: number) {}

  add(work: SpanWork): number {
    const { timeMs } = work.contribution.at;
    const span = this.windowFor(work, timeMs);
    work.add(span);
    if (span.records < this.size) return ON_TIME;
    work.complete(span);
    work.of.completed++;
    work.of.spans = [];
    return ON_TIME;
  }

  closesAt(): number {
    return Infinity;
  }

  dropsAt(): number {
    return Infinity;
  }

  private windowFor(work: SpanWork, timeMs: number): Span {
    const [open] = work.of.spans;
    if (!open) {
      const span = work.create(timeMs, timeMs);
      span.index = work.of.completed;
      work.of.spans = [span];
      return span;
    }
    if (timeMs >= open.startMs && timeMs <= open.endMs) return open;
    work.rebound(open, Math.min(open.startMs, timeMs), Math.max(open.endMs, timeMs));
    return open;
  }
}
