import { type CalendarUnit, CalendarWindowAssigner } from '../../src/core/windows/calendar-window';
import type { Window } from '../../src/core/windows/window';
import { ODD_ZONES } from '../support/odd-zones';
import { type Span, TemporalCalendar, UNITS_OF_DATES } from '../support/temporal-calendar';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const BEGIN_MS = Date.UTC(2020, 0, 1);
const END_MS = Date.UTC(2036, 0, 1);

function only(windows: readonly Window[]): Window {
  expect(windows).toHaveLength(1);
  return windows[0]!;
}

const calendars = new Map<string, TemporalCalendar>();

function temporalOf(zone: string): TemporalCalendar {
  const calendar = calendars.get(zone) ?? new TemporalCalendar(zone);
  calendars.set(zone, calendar);
  return calendar;
}

/** Each window from `beginMs` to `endMs`. Throws unless each begins where the one before ends and holds its last ms. */
function walk(assigner: CalendarWindowAssigner, beginMs: number, endMs: number): Window[] {
  const windows: Window[] = [];
  for (let atMs = beginMs; atMs < endMs; atMs = windows.at(-1)!.endMs) {
    const window = assigner.assign(atMs)[0]!;
    const holder = assigner.assign(window.endMs - 1)[0]!;
    if (window.startMs !== atMs) throw new Error(`${iso(atMs)} is in ${textOf(window)}`);
    if (holder !== window) throw new Error(`the last ms of ${textOf(window)} is in ${textOf(holder)}`);
    windows.push(window);
  }
  return windows;
}

const daysOfZones = new Map<string, readonly Window[]>();

function daysOf(zone: string): readonly Window[] {
  const starts = temporalOf(zone).starts('day');
  const days = daysOfZones.get(zone) ?? walk(new CalendarWindowAssigner('day', zone), starts[0]!, starts.at(-1)!);
  daysOfZones.set(zone, days);
  return days;
}

function textOf({ startMs, endMs }: Pick<Window, 'startMs' | 'endMs'>): string {
  return `[${iso(startMs)}, ${iso(endMs)})`;
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** The hour on the clock that holds `epochMs`, cut to the span in which the clocks are not changed. */
function hourWithin({ fromMs, toMs, offsetMs }: Span, epochMs: number): [startMs: number, endMs: number] {
  const onClockMs = Math.floor((epochMs + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs;
  return [Math.max(onClockMs, fromMs), Math.min(onClockMs + HOUR_MS, toMs)];
}

it('the zones are sixty', () => {
  expect(new Set(ODD_ZONES.map(([zone]) => zone)).size).toBe(60);
});

describe.each(ODD_ZONES)('%s (%s)', (zone) => {
  it.each(UNITS_OF_DATES)('has the bounds of every %s where Temporal has them, from 2020 to 2035', (unit) => {
    const starts = temporalOf(zone).starts(unit);
    const [begin, end] = [starts[0]!, starts.at(-1)!];
    const windows = unit === 'day' ? daysOf(zone) : walk(new CalendarWindowAssigner(unit, zone), begin, end);
    const wrong = windows.filter(({ startMs, endMs }, i) => startMs !== starts[i] || endMs !== starts[i + 1]);
    expect(wrong.map(textOf)).toEqual([]);
    expect(windows).toHaveLength(starts.length - 1);
  });

  it('has as many days of 23, 25 and other hours as Temporal', () => {
    const hours = daysOf(zone).map(({ startMs, endMs }) => (endMs - startMs) / HOUR_MS);
    const odd = (length: number) => length !== 24;
    expect(hours.filter(odd)).toEqual(temporalOf(zone).hoursOfDaysNearChanges().filter(odd));
    expect(hours).toHaveLength(16 * 365 + 4);
  });

  it('cuts hours at each change of the clocks, and only there', () => {
    const temporal = temporalOf(zone);
    for (const changeMs of temporal.changes()) {
      const [beginMs] = hourWithin(temporal.spanAt(changeMs - 1), changeMs - 5 * HOUR_MS);
      const hours = walk(new CalendarWindowAssigner('hour', zone), beginMs, changeMs + 5 * HOUR_MS);
      const expected = hours.map(({ startMs }) => hourWithin(temporal.spanAt(startMs), startMs));
      expect(hours.map(({ startMs, endMs }) => [iso(startMs), iso(endMs)])).toEqual(expected.map((at) => at.map(iso)));
    }
  });

  it('has the hours of Temporal where no change is near', () => {
    const temporal = temporalOf(zone);
    const assigner = new CalendarWindowAssigner('hour', zone);
    const everyMs = 71 * 24 * HOUR_MS + 7 * HOUR_MS + 13 * MINUTE_MS;
    for (let atMs = BEGIN_MS; atMs < END_MS; atMs += everyMs) {
      const { fromMs, toMs } = temporal.spanAt(atMs);
      if (atMs - fromMs < 2 * HOUR_MS || toMs - atMs < 2 * HOUR_MS) continue;
      expect(textOf(assigner.assign(atMs)[0]!)).toBe(textOf(temporal.hourAt(atMs)));
    }
  });
});

/** From the announcements of governments, as the tz database quotes them: not from this machine's zones. */
describe('published facts', () => {
  it.each<[zone: string, noonOfDate: string, hours: number]>([
    ['Europe/Berlin', '2024-03-31T12:00+02:00', 23],
    ['Europe/Berlin', '2024-10-27T12:00+01:00', 25],
    ['America/New_York', '2025-03-09T12:00-04:00', 23],
    ['America/New_York', '2025-11-02T12:00-05:00', 25],
    ['Australia/Lord_Howe', '2024-04-07T12:00+10:30', 24.5],
    ['Australia/Lord_Howe', '2024-10-06T12:00+11:00', 23.5],
    ['Antarctica/Troll', '2024-03-31T12:00+02:00', 22],
    ['Antarctica/Troll', '2024-10-27T12:00Z', 26],
    ['Africa/Casablanca', '2024-03-10T12:00Z', 25],
    ['Africa/Casablanca', '2024-04-14T12:00+01:00', 23],
    ['Asia/Tehran', '2022-03-22T12:00+04:30', 23],
    ['Asia/Tehran', '2023-03-22T12:00+03:30', 24],
    ['Europe/Volgograd', '2020-12-27T12:00+03:00', 25],
  ])('in %s the day of %s has %d hours', (zone, noon, hours) => {
    const { startMs, endMs } = only(new CalendarWindowAssigner('day', zone).assign(Date.parse(noon)));
    expect((endMs - startMs) / HOUR_MS).toBe(hours);
  });

  it.each<[zone: string, unit: CalendarUnit, at: string, start: string, end: string]>([
    ['America/Havana', 'day', '2024-03-10T12:00-04:00', '2024-03-10T01:00-04:00', '2024-03-11T00:00-04:00'],
    ['America/Havana', 'day', '2024-11-03T00:30-05:00', '2024-11-03T00:00-04:00', '2024-11-04T00:00-05:00'],
    ['Africa/Cairo', 'day', '2023-04-28T12:00+03:00', '2023-04-28T01:00+03:00', '2023-04-29T00:00+03:00'],
    ['Africa/Cairo', 'day', '2023-10-26T12:00+03:00', '2023-10-26T00:00+03:00', '2023-10-27T00:00+02:00'],
    ['America/Santiago', 'day', '2022-09-11T12:00-03:00', '2022-09-11T01:00-03:00', '2022-09-12T00:00-03:00'],
    ['Asia/Beirut', 'month', '2024-03-15T12:00+02:00', '2024-03-01T00:00+02:00', '2024-04-01T00:00+03:00'],
    ['Asia/Kathmandu', 'week', '2024-01-03T12:00+05:45', '2024-01-01T00:00+05:45', '2024-01-08T00:00+05:45'],
    ['Africa/Juba', 'month', '2021-01-31T23:30+02:00', '2021-01-01T00:00+03:00', '2021-02-01T00:00+02:00'],
    ['Pacific/Apia', 'quarter', '2021-05-05T12:00+13:00', '2021-04-01T00:00+14:00', '2021-07-01T00:00+13:00'],
    ['Australia/Lord_Howe', 'hour', '2024-04-07T01:45+10:30', '2024-04-07T01:30+10:30', '2024-04-07T02:00+10:30'],
    ['Pacific/Chatham', 'hour', '2024-09-29T03:50+13:45', '2024-09-29T03:45+13:45', '2024-09-29T04:00+13:45'],
  ])('in %s the %s of %s begins at %s and ends at %s', (zone, unit, at, start, end) => {
    const window = only(new CalendarWindowAssigner(unit, zone).assign(Date.parse(at)));
    expect(textOf(window)).toBe(textOf({ startMs: Date.parse(start), endMs: Date.parse(end) }));
  });
});
