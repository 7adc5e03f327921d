import { Temporal } from '@js-temporal/polyfill';

import { ZoneClock } from '../../../../src/core/time/zone-clock';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('offsetMs', () => {
  it('changes at the very millisecond, asked forwards or backwards', () => {
    const changeMs = Date.parse('2024-03-31T01:00:00Z');
    const offsets = [-1, 0].map((ms) => new ZoneClock('Europe/Berlin').offsetMs(changeMs + ms) / HOUR_MS);
    expect(offsets).toEqual([1, 2]);
    const clock = new ZoneClock('Europe/Berlin');
    expect([0, -1, 0, -1].map((ms) => clock.offsetMs(changeMs + ms) / HOUR_MS)).toEqual([2, 1, 2, 1]);
  });

  it('knows offsets of odd seconds, and fractions of a second do not matter', () => {
    expect(new ZoneClock('Africa/Monrovia').offsetMs(Date.UTC(1971, 0, 1) + 1)).toBe(-(44 * 60 + 30) * 1000);
    expect(new ZoneClock('Africa/Monrovia').offsetMs(Date.UTC(1973, 0, 1) + 999)).toBe(0);
  });

  it('agrees with Temporal from 1970 to 2100 in every zone, however it skips about', () => {
    const wrong = Intl.supportedValuesOf('timeZone').flatMap((zone) => {
      const clock = new ZoneClock(zone);
      return Array.from({ length: 25 }, (_, i) => ((i * 7_919 * DAY_MS) % (130 * 365 * DAY_MS)) + i * HOUR_MS)
        .filter((atMs) => clock.offsetMs(atMs) !== temporalOffsetMs(atMs, zone))
        .map((atMs) => `${zone} ${new Date(atMs).toISOString()}`);
    });
    expect(wrong).toEqual([]);
  });
});

function temporalOffsetMs(epochMs: number, zone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
}

describe('Intl', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is asked once for three days, and not again', () => {
    const clock = new ZoneClock('Asia/Shanghai');
    const asked = jest.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
    for (let round = 0; round < 2; round++) {
      for (let hour = 0; hour < 300 * 24; hour++) clock.offsetMs(Date.UTC(2024, 0, 1) + hour * HOUR_MS);
    }
    expect(asked.mock.calls.length).toBeLessThanOrEqual(300 / 3 + 2);
  });

  it('is asked some twenty times for the days in which the clocks change, and not again', () => {
    const clock = new ZoneClock('Europe/Berlin');
    const asked = jest.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
    const changeMs = Date.parse('2024-03-31T01:00:00Z');
    for (let minute = -1440; minute < 1440; minute++) clock.offsetMs(changeMs + minute * 60_000);
    expect(asked.mock.calls.length).toBeLessThan(30);
  });
});

it('throws RangeError for a zone that does not exist', () => {
  expect(() => new ZoneClock('Asia/Shangai')).toThrow(RangeError);
});
