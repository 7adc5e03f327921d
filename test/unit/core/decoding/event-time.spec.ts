import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import { eventTimeOf, LATEST_EVENT_TIME_MS, recordTimeOf } from '../../../../src/core/decoding/event-time';
import { PoisonRecordError } from '../../../../src/core/errors';

const instant = fc.integer({ min: 0, max: LATEST_EVENT_TIME_MS - 1 });
const timeOf = (value: unknown): number => eventTimeOf(value, 'observed_at');

function refusal(value: unknown): string {
  try {
    timeOf(value);
  } catch (error) {
    if (error instanceof PoisonRecordError && error.reason === 'bad-time') return error.message;
    throw error;
  }
  throw new Error(`${String(value)} was taken`);
}

describe('event time', () => {
  it('agrees with Temporal on text in every offset', () => {
    const offset = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
    fc.assert(
      fc.property(instant, offset, (ms, minutes) => {
        const sign = minutes < 0 ? '-' : '+';
        const [hh, mm] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((n) =>
          String(n).padStart(2, '0'),
        );
        const zone = `${sign}${hh}:${mm}`;
        const text = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDateTime().toString();
        expect(timeOf(text.length === 16 ? `${text}:00${zone}` : `${text}${zone}`)).toBe(ms);
      }),
    );
  });

  it('takes text without an offset as UTC, whatever the machine thinks', () => {
    fc.assert(fc.property(instant, (ms) => expect(timeOf(new Date(ms).toISOString().slice(0, -1))).toBe(ms)));
  });

  it('takes a date exactly when the calendar has it', () => {
    const [year, month, day] = [fc.integer({ min: 1970, max: 2099 }), fc.nat(13), fc.nat(32)];
    fc.assert(
      fc.property(year, month, day, (y, m, d) => {
        const text = `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
        if (!isDate(text)) return expect(refusal(text)).toMatch(/is no time/);
        return expect(timeOf(text)).toBe(Temporal.Instant.from(`${text}T00:00Z`).epochMilliseconds);
      }),
    );
  });

  it('takes numbers as milliseconds or, when small, as seconds', () => {
    const isYear9999 = (n: number): boolean => n >= 253_370_678_400 && n < 253_402_387_200;
    const afterMarch1973 = fc.integer({ min: 1e11, max: LATEST_EVENT_TIME_MS - 1 }).filter((n) => !isYear9999(n));
    fc.assert(fc.property(afterMarch1973, (ms) => expect(timeOf(ms)).toBe(ms)));
    fc.assert(fc.property(instant, (ms) => expect(timeOf(ms / 1000)).toBe(ms)));
  });

  it('takes milliseconds to either side of what would be year 9999 in seconds', () => {
    expect(timeOf(253_370_678_399)).toBe(253_370_678_399);
    expect(timeOf(253_402_387_200)).toBe(253_402_387_200);
  });

  it('cuts what is below a millisecond', () => {
    expect(timeOf('2013-01-01T00:00:00.123999Z')).toBe(1_356_998_400_123);
    expect(timeOf(1_356_998_400_123.9)).toBe(1_356_998_400_123);
  });

  it.each([
    ['2013-01-01', 1_356_998_400_000],
    ['2013-01-01T00:00', 1_356_998_400_000],
    ['2013-01-01 08:00:00+08', 1_356_998_400_000],
    ['2013-01-01T08:00:00+0800', 1_356_998_400_000],
    ['2013-01-01T08:00+08:00', 1_356_998_400_000],
    ['2013-01-01T00:00:00,5Z', 1_356_998_400_500],
    ['2012-02-29T00:00:00Z', 1_330_473_600_000],
    [0, 0],
  ])('reads %s', (value, ms) => expect(timeOf(value)).toBe(ms));

  it.each([
    [undefined, 'time field "observed_at" is missing'],
    [null, 'is missing'],
    [NaN, 'NaN is no time'],
    [Infinity, 'is not between 1970 and 2100'],
    [-1, '-1 is not between 1970 and 2100'],
    [32_503_680_000, '32503680000 is not between 1970 and 2100'],
    [253_402_300_799, '253402300799 is not between 1970 and 2100'],
    [253_370_764_800, '253370764800 is not between 1970 and 2100'],
    [253_402_300_799_000, '253402300799000 is not between 1970 and 2100'],
    [JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)), 'is no time'],
    ['9999-12-31T23:59:59Z', '"9999-12-31T23:59:59Z" is not between 1970 and 2100'],
    ['2100-01-01', 'is not between 1970 and 2100'],
    ['0001-01-01T00:00:00Z', 'is not between 1970 and 2100'],
    ['1969-12-31T23:59:59Z', 'is not between 1970 and 2100'],
    ['1356998400', '"1356998400" is a number as text'],
    ['yesterday', '"yesterday" is no time'],
    ['', '"" is no time'],
    ['2013-02-29', 'is no time'],
    ['2013-1-1', 'is no time'],
    ['01/02/2013', 'is no time'],
    ['2013-01-01T24:00:00Z', 'is no time'],
    ['2013-01-01T23:59:60Z', 'is no time'],
    ['2013-01-01T00:00:00.Z', 'is no time'],
    ['2013-01-01T00:00:00+8', 'is no time'],
    ['2013-01-01T00:00:00+08:', 'is no time'],
    ['2013-01-01T00:00:00Z ', 'is no time'],
    ['2013-01-01T00:00:00 Asia/Shanghai', 'is no time'],
    [true, 'true is no time'],
    [{}, '{} is no time'],
  ])('refuses %p', (value, message) => expect(refusal(value)).toContain(message));

  it('names what is needed in one short line', () => {
    expect(refusal('x'.repeat(10_000))).toMatch(
      /^time field "observed_at": "x{59}… is no time; ISO 8601 text, .* is needed$/,
    );
  });

  it("refuses a record's timestamp that says nothing", () => {
    expect(recordTimeOf(1_356_998_400_000)).toBe(1_356_998_400_000);
    expect(() => recordTimeOf(-1)).toThrow("the record's timestamp -1 is not between 1970 and 2100");
    expect(() => recordTimeOf(NaN)).toThrow(PoisonRecordError);
  });
});

function isDate(text: string): boolean {
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}
