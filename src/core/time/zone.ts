import { RecentlyUsed } from '../recently-used';
import { ZoneClock } from './zone-clock';

/** A day on somebody's wall calendar, proleptic Gregorian; `month` is 1 to 12. */
export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAY_MS = 86_400_000;

/** The tz database has some 600 names; Intl takes them in any letter case, and records may bring them. */
const MOST_CLOCKS = 700;
const clocks = new RecentlyUsed(MOST_CLOCKS, (zone: string) => new ZoneClock(zone));

/** Whether this runtime knows the IANA zone. */
export function isZone(zone: string): boolean {
  try {
    clocks.get(zone);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds that the clocks of `zone` are ahead of UTC at an instant; whole seconds. */
export function zoneOffsetMs(epochMs: number, zone: string): number {
  return zone === 'UTC' ? 0 : clocks.get(zone).offsetMs(epochMs);
}

/** Midnight of a date as if its clocks were UTC; months and days out of range roll over. */
function utcMs({ year, month, day }: LocalDate): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

/** The date on the wall calendar of `zone` at an instant. */
export function localDate(epochMs: number, zone: string): LocalDate {
  const local = new Date(epochMs + zoneOffsetMs(epochMs, zone));
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/** The same date with months and days brought into range: January 32 is February 1. */
export function normalizedDate(date: LocalDate): LocalDate {
  const utc = new Date(utcMs(date));
  return { year: utc.getUTCFullYear(), month: utc.getUTCMonth() + 1, day: utc.getUTCDate() };
}

/** 1 (Monday) to 7 (Sunday), as ISO 8601 counts. */
export function isoWeekday(date: LocalDate): number {
  return new Date(utcMs(date)).getUTCDay() || 7;
}

/**
 * The first instant of a date on the clocks of `zone`, epoch ms: the same as `startOfDay` of ECMAScript's Temporal.
 * When midnight happens twice it is the first of the two; when the clocks skip it (or the whole day), the instant of
 * the change.
 */
export function startOfLocalDate(date: LocalDate, zone: string): number {
  const wall = utcMs(date);
  if (zone === 'UTC') return wall;
  const before = zoneOffsetMs(wall - DAY_MS, zone);
  const after = zoneOffsetMs(wall + DAY_MS, zone);
  for (const offset of [Math.max(before, after), Math.min(before, after)]) {
    if (zoneOffsetMs(wall - offset, zone) === offset) return wall - offset;
  }
  return firstInstantAtOrAfter(wall, zone, { from: wall - DAY_MS - after, to: wall + DAY_MS - before });
}

/** The wall clock jumps over `wall`: finds the jump by bisection, to the millisecond. */
function firstInstantAtOrAfter(wall: number, zone: string, range: { from: number; to: number }): number {
  let { from, to } = range;
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (middle + zoneOffsetMs(middle, zone) >= wall) to = middle;
    else from = middle;
  }
  return to;
}
