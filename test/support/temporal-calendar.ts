import { Temporal } from '@js-temporal/polyfill';

import type { CalendarUnit } from '../../src/core/windows/calendar-window';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FIRST = Temporal.PlainDate.from('2020-01-01');
const LAST = Temporal.PlainDate.from('2035-12-31');
/** Dates this near to a change of the clocks are asked of Temporal one by one; no zone is farther from UTC than a day. */
const NEAR_MS = 2 * DAY_MS;

/** A time in which the clocks are not changed, `[fromMs, toMs)`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly offsetMs: number;
}

/** A date and its midnight as if clocks there were UTC. */
interface DatedMidnight {
  readonly date: Temporal.PlainDate;
  readonly wallMs: number;
  readonly beginsQuarter: boolean;
}

function firstDateOf(unit: CalendarUnit, date: Temporal.PlainDate): Temporal.PlainDate {
  if (unit === 'week') return date.subtract({ days: date.dayOfWeek - 1 });
  if (unit === 'month') return date.with({ day: 1 });
  if (unit === 'quarter') return date.with({ day: 1, month: date.month - ((date.month - 1) % 3) });
  return unit === 'year' ? date.with({ day: 1, month: 1 }) : date;
}

const LENGTHS = {
  day: { days: 1 },
  week: { weeks: 1 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { years: 1 },
} as const;
export type UnitOfDates = keyof typeof LENGTHS;
export const UNITS_OF_DATES = Object.keys(LENGTHS) as UnitOfDates[];

/** The first dates of all units that touch 2020 to 2035, and the one after them. */
function firstDates(unit: UnitOfDates): DatedMidnight[] {
  const dates: DatedMidnight[] = [];
  let date = firstDateOf(unit, FIRST);
  for (; Temporal.PlainDate.compare(date, LAST) <= 0; date = date.add(LENGTHS[unit])) dates.push(midnightOf(date));
  return [...dates, midnightOf(date)];
}

function midnightOf(date: Temporal.PlainDate): DatedMidnight {
  const beginsQuarter = date.day === 1 && date.month % 3 === 1;
  return { date, wallMs: Date.UTC(date.year, date.month - 1, date.day), beginsQuarter };
}

const FIRST_DATES = Object.fromEntries(UNITS_OF_DATES.map((unit) => [unit, firstDates(unit)]));

/**
 * The calendar of one zone from 2020 to 2035 as the Temporal polyfill sees it. Temporal takes some 75 µs for the start of
 * a day, so it is asked for the days around each change of the clocks and for the first of each quarter; the others begin
 * at midnight by the offset that Temporal gives for the span between two changes.
 */
export class TemporalCalendar {
  private readonly spans: readonly Span[];
  /** By the date's midnight as if clocks there were UTC. */
  private readonly startsOfDays = new Map<number, number>();

  constructor(readonly zone: string) {
    this.spans = spansOf(zone);
  }

  /** Where each unit that touches 2020 to 2035 begins, epoch ms, and the end of the last. */
  starts(unit: UnitOfDates): number[] {
    return FIRST_DATES[unit]!.map((midnight) => {
      const startMs = this.startsOfDays.get(midnight.wallMs) ?? this.startOf(midnight);
      this.startsOfDays.set(midnight.wallMs, startMs);
      return startMs;
    });
  }

  private startOf(midnight: DatedMidnight): number {
    const { date, wallMs, beginsQuarter } = midnight;
    if (beginsQuarter || this.isNearChange(midnight)) return date.toZonedDateTime(this.zone).epochMilliseconds;
    return wallMs - this.spanAt(wallMs).offsetMs;
  }

  private isNearChange({ wallMs }: DatedMidnight): boolean {
    const { fromMs, toMs } = this.spanAt(wallMs);
    return wallMs - fromMs < NEAR_MS || toMs - wallMs < NEAR_MS;
  }

  /** Hours of each day from 2020 to 2035 that is near to a change of the clocks, by Temporal's `hoursInDay`. */
  hoursOfDaysNearChanges(): number[] {
    return FIRST_DATES.day!.slice(0, -1)
      .filter((midnight) => this.isNearChange(midnight))
      .map(({ date }) => date.toZonedDateTime(this.zone).hoursInDay);
  }

  /** The instants from 2020 to 2035 at which the clocks change. */
  changes(): number[] {
    return this.spans.slice(1).map(({ fromMs }) => fromMs);
  }

  spanAt(epochMs: number): Span {
    return this.spans.findLast(({ fromMs }) => fromMs <= epochMs)!;
  }

  /** The hour by Temporal's rounding. It tiles time where no change of the clocks is near. */
  hourAt(epochMs: number): { startMs: number; endMs: number } {
    const start = Temporal.Instant.fromEpochMilliseconds(epochMs)
      .toZonedDateTimeISO(this.zone)
      .round({ smallestUnit: 'hour', roundingMode: 'floor' });
    return { startMs: start.epochMilliseconds, endMs: start.add({ hours: 1 }).epochMilliseconds };
  }
}

function spansOf(zone: string): Span[] {
  const spans: Span[] = [];
  const end = LAST.add({ days: 10 }).toZonedDateTime(zone).epochMilliseconds;
  let at: Temporal.ZonedDateTime | null = FIRST.subtract({ days: 10 }).toZonedDateTime(zone);
  while (at && at.epochMilliseconds < end) {
    const next: Temporal.ZonedDateTime | null = at.getTimeZoneTransition('next');
    const toMs = Math.min(next?.epochMilliseconds ?? Infinity, end);
    spans.push({ fromMs: at.epochMilliseconds, toMs, offsetMs: at.offsetNanoseconds / 1e6 });
    at = next;
  }
  return spans;
}
