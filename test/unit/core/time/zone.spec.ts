import { Temporal } from '@js-temporal/polyfill';

import { isZone, localDate, startOfLocalDate, zoneOffsetMs } from '../../../../src/core/time/zone';

describe('startOfLocalDate', () => {
  it.each([
    ['an ordinary day', 'Asia/Shanghai', { year: 2013, month: 1, day: 1 }, '2012-12-31T16:00:00Z'],
    [
      'a day that begins at one because clocks skip midnight',
      'America/Sao_Paulo',
      { year: 2018, month: 11, day: 4 },
      '2018-11-04T03:00:00Z',
    ],
    ['the first midnight of two', 'America/Havana', { year: 2021, month: 11, day: 7 }, '2021-11-07T04:00:00Z'],
    ['a day that never was', 'Pacific/Apia', { year: 2011, month: 12, day: 30 }, '2011-12-30T10:00:00Z'],
  ])('finds the first instant of %s', (_, zone, date, expected) => {
    expect(new Date(startOfLocalDate(date, zone)).toISOString()).toBe(expected.replace('Z', '.000Z'));
  });

  it.each([
    'Asia/Shanghai',
    'America/New_York',
    'Europe/London',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
    'Asia/Tehran',
    'Africa/Casablanca',
  ])('agrees with Temporal on every day from 2010 to 2020 in %s', (zone) => {
    let date = Temporal.PlainDate.from('2010-01-01');
    for (; date.year < 2020; date = date.add({ days: 1 })) {
      const { year, month, day } = date;
      expect(startOfLocalDate({ year, month, day }, zone)).toBe(date.toZonedDateTime(zone).epochMilliseconds);
    }
  });
});

describe('localDate', () => {
  it('is the date on the wall calendar, before and after midnight there', () => {
    expect(localDate(Date.UTC(2013, 0, 1, 15, 59, 59), 'Asia/Shanghai')).toEqual({ year: 2013, month: 1, day: 1 });
    expect(localDate(Date.UTC(2013, 0, 1, 16), 'Asia/Shanghai')).toEqual({ year: 2013, month: 1, day: 2 });
  });

  it('works before 1970', () => {
    expect(localDate(Date.UTC(1969, 11, 31, 23, 59, 59, 999), 'UTC')).toEqual({ year: 1969, month: 12, day: 31 });
  });
});

it('zoneOffsetMs knows half-hour zones and fractions of a second', () => {
  expect(zoneOffsetMs(Date.UTC(2024, 0, 1) + 999, 'Asia/Kolkata')).toBe(5.5 * 3_600_000);
});

it('isZone tells known zones from misspelt ones', () => {
  expect(isZone('Asia/Shanghai')).toBe(true);
  expect(isZone('Asia/Shangai')).toBe(false);
});
