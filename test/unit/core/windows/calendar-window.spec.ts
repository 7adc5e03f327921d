import { Temporal } from '@js-temporal/polyfill';

import { CALENDAR_UNITS, CalendarWindowAssigner } from '../../../../src/core/windows/calendar-window';

const HOUR_MS = 3_600_000;

function windowAt(unit: (typeof CALENDAR_UNITS)[number], zone: string, iso: string) {
  const [window] = new CalendarWindowAssigner(unit, zone).assign(Date.parse(iso));
  return [new Date(window!.startMs).toISOString(), new Date(window!.endMs).toISOString()];
}

it.each([
  ['2024-03-31T12:00:00Z', 23],
  ['2024-10-27T12:00:00Z', 25],
  ['2024-06-01T12:00:00Z', 24],
])('a day in Berlin at %s has %i hours', (iso, hours) => {
  const [window] = new CalendarWindowAssigner('day', 'Europe/Berlin').assign(Date.parse(iso));
  expect((window!.endMs - window!.startMs) / HOUR_MS).toBe(hours);
});

it.each([
  ['week', '2024-01-03T00:00:00Z', '2024-01-01', '2024-01-08'],
  ['month', '2024-02-29T23:59:59Z', '2024-02-01', '2024-03-01'],
  ['quarter', '2024-12-31T23:59:59Z', '2024-10-01', '2025-01-01'],
  ['year', '2024-12-31T23:59:59Z', '2024-01-01', '2025-01-01'],
] as const)('a %s that holds %s runs from %s to %s', (unit, iso, start, end) => {
  expect(windowAt(unit, 'UTC', iso)).toEqual([`${start}T00:00:00.000Z`, `${end}T00:00:00.000Z`]);
});

it('an hour that is shown twice is two windows', () => {
  expect(windowAt('hour', 'Europe/Berlin', '2024-10-27T00:30:00Z')).toEqual([
    '2024-10-27T00:00:00.000Z',
    '2024-10-27T01:00:00.000Z',
  ]);
  expect(windowAt('hour', 'Europe/Berlin', '2024-10-27T01:30:00Z')).toEqual([
    '2024-10-27T01:00:00.000Z',
    '2024-10-27T02:00:00.000Z',
  ]);
});

it('hours follow the clock in a half-hour zone', () => {
  expect(windowAt('hour', 'Asia/Kolkata', '2024-01-01T00:45:00Z')).toEqual([
    '2024-01-01T00:30:00.000Z',
    '2024-01-01T01:30:00.000Z',
  ]);
});

describe.each(CALENDAR_UNITS)('every %s', (unit) => {
  it.each([
    'Asia/Shanghai',
    'Europe/Berlin',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'America/Havana',
  ])('follows the one before without gap or overlap in %s', (zone) => {
    const assigner = new CalendarWindowAssigner(unit, zone);
    const spanMs = unit === 'hour' ? 100 * 24 * HOUR_MS : 15 * 366 * 24 * HOUR_MS;
    const beginMs = Date.UTC(2011, 0, 1);
    for (let t = beginMs; t < beginMs + spanMs;) {
      const [window] = assigner.assign(t);
      expect(window!.startMs).toBeLessThanOrEqual(t);
      expect(window!.endMs).toBeGreaterThan(t);
      expect(new CalendarWindowAssigner(unit, zone).assign(window!.endMs)[0]!.startMs).toBe(window!.endMs);
      t = window!.endMs;
    }
  });
});

it('agrees with Temporal on the bounds of each month in New York', () => {
  const assigner = new CalendarWindowAssigner('month', 'America/New_York');
  for (let month = Temporal.PlainYearMonth.from('2012-01'); month.year < 2022; month = month.add({ months: 1 })) {
    const start = month.toPlainDate({ day: 1 }).toZonedDateTime('America/New_York').epochMilliseconds;
    const end = month.add({ months: 1 }).toPlainDate({ day: 1 }).toZonedDateTime('America/New_York').epochMilliseconds;
    expect(assigner.assign(end - 1)[0]).toMatchObject({ startMs: start, endMs: end });
  }
});
