import { isoWeekday, localDate, type LocalDate, normalizedDate, startOfLocalDate, zoneOffsetMs } from '../time/zone';
import type { Window, WindowAssigner } from './window';

export const CALENDAR_UNITS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

const HOUR_MS = 3_600_000;
/** Windows kept at hand: records of many posts arrive interleaved and somewhat out of order. */
const REMEMBERED_WINDOWS = 64;

/**
 * The hour, day, ISO week, month, quarter or year on the clocks of an IANA zone. Days have 23 or 25 hours when the
 * clocks change. Every instant is in exactly one window, and windows follow each other without gap. A day begins at
 * `startOfDay` of ECMAScript's Temporal, and longer units with their first day; an alias of a zone has the same bounds.
 */
export class CalendarWindowAssigner implements WindowAssigner {
  private recent: (readonly [Window])[] = [];

  constructor(
    private readonly unit: CalendarUnit,
    private readonly zone: string,
  ) {}

  assign(eventTimeMs: number): readonly Window[] {
    for (const windows of this.recent) {
      const [{ startMs, endMs }] = windows;
      if (eventTimeMs >= startMs && eventTimeMs < endMs) return windows;
    }
    const windows = [this.windowAt(eventTimeMs)] as const;
    this.recent = [windows, ...this.recent.slice(0, REMEMBERED_WINDOWS - 1)];
    return windows;
  }

  private windowAt(eventTimeMs: number): Window {
    if (this.unit === 'hour') return this.hourAt(eventTimeMs);
    let first = firstDateOf(this.unit, localDate(eventTimeMs, this.zone));
    let endMs = startOfLocalDate(dateAfter(this.unit, first), this.zone);
    // Clocks that go back over midnight show yesterday's date again: those minutes belong to the day that has begun.
    while (endMs <= eventTimeMs) {
      first = dateAfter(this.unit, first);
      endMs = startOfLocalDate(dateAfter(this.unit, first), this.zone);
    }
    return { startMs: startOfLocalDate(first, this.zone), endMs, zone: this.zone };
  }

  /**
   * An hour on the clock, cut where the clocks are changed: the hour that is shown twice in autumn is two windows, and
   * where the change is not at a full hour (Lord Howe, Chatham) one window ends and the next begins with it. Temporal
   * rounds such times to an hour that the clocks showed before the change, or have yet to show; these would overlap.
   */
  private hourAt(eventTimeMs: number): Window {
    const offsetMs = zoneOffsetMs(eventTimeMs, this.zone);
    const wallStartMs = Math.floor((eventTimeMs + offsetMs) / HOUR_MS) * HOUR_MS;
    const startMs = this.clampToOffset(wallStartMs - offsetMs, eventTimeMs, offsetMs);
    const endMs = this.clampToOffset(wallStartMs + HOUR_MS - offsetMs, eventTimeMs, offsetMs);
    return { startMs, endMs, zone: this.zone };
  }

  /** `boundMs`, or the change of the clocks between it and `insideMs`. */
  private clampToOffset(boundMs: number, insideMs: number, offsetMs: number): number {
    const probeMs = boundMs > insideMs ? boundMs - 1 : boundMs;
    if (zoneOffsetMs(probeMs, this.zone) === offsetMs) return boundMs;
    let same = insideMs;
    let other = probeMs;
    while (Math.abs(same - other) > 1) {
      const middle = Math.floor((same + other) / 2);
      if (zoneOffsetMs(middle, this.zone) === offsetMs) same = middle;
      else other = middle;
    }
    return Math.max(same, other);
  }
}

function firstDateOf(unit: Exclude<CalendarUnit, 'hour'>, date: LocalDate): LocalDate {
  const { year, month, day } = date;
  switch (unit) {
    case 'day':
      return date;
    case 'week':
      return normalizedDate({ year, month, day: day - isoWeekday(date) + 1 });
    case 'month':
      return { year, month, day: 1 };
    case 'quarter':
      return { year, month: month - ((month - 1) % 3), day: 1 };
    case 'year':
      return { year, month: 1, day: 1 };
  }
}

function dateAfter(unit: Exclude<CalendarUnit, 'hour'>, first: LocalDate): LocalDate {
  const { year, month, day } = first;
  switch (unit) {
    case 'day':
      return normalizedDate({ year, month, day: day + 1 });
    case 'week':
      return normalizedDate({ year, month, day: day + 7 });
    case 'month':
      return normalizedDate({ year, month: month + 1, day: 1 });
    case 'quarter':
      return normalizedDate({ year, month: month + 3, day: 1 });
    case 'year':
      return { year: year + 1, month: 1, day: 1 };
  }
}
