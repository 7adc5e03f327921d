import { PoisonRecordError } from '../../../../src/core/errors';
import { CalendarWindowAssigner } from '../../../../src/core/windows/calendar-window';
import { ZonedCalendarWindowAssigner } from '../../../../src/core/windows/zoned-calendar-window';

const AT_MS = Date.parse('2024-03-10T20:00:00Z');

function faultOf(assigner: ZonedCalendarWindowAssigner, zone: unknown): PoisonRecordError {
  try {
    assigner.assign(AT_MS, zone);
  } catch (error) {
    if (error instanceof PoisonRecordError) return error;
    throw error;
  }
  throw new Error(`${String(zone)} was taken for a zone`);
}

describe('a record with a zone', () => {
  it.each(['UTC', 'Asia/Shanghai', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'])(
    'is in the day that the clocks of %s show, whatever zones were asked for between',
    (zone) => {
      const zoned = new ZonedCalendarWindowAssigner('day', 'tz');
      const expected = new CalendarWindowAssigner('day', zone).assign(AT_MS);
      for (const each of [zone, 'Europe/Berlin', zone]) zoned.assign(AT_MS, each);
      expect(zoned.assign(AT_MS, zone)).toEqual(expected);
    },
  );

  it('gets the same window object again, so that what follows can compare by identity', () => {
    const zoned = new ZonedCalendarWindowAssigner('month', 'tz');
    const berlin = zoned.assign(AT_MS, 'Europe/Berlin');
    zoned.assign(AT_MS, 'Asia/Shanghai');
    expect(zoned.assign(AT_MS + 1, 'Europe/Berlin')[0]).toBe(berlin[0]);
  });

  it.each([
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['US/Eastern', 'America/New_York'],
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['europe/berlin', 'Europe/Berlin'],
  ])('keeps the name %s, with the bounds of %s', (alias, zone) => {
    const zoned = new ZonedCalendarWindowAssigner('day', 'tz');
    const [window] = zoned.assign(AT_MS, zone);
    expect(zoned.assign(AT_MS, alias)).toEqual([{ ...window!, zone: alias }]);
  });

  it('keeps its windows when more names are asked for than there are zones', () => {
    const zoned = new ZonedCalendarWindowAssigner('day', 'tz');
    const before = zoned.assign(AT_MS, 'Asia/Shanghai');
    for (let i = 0; i < 1024; i++) zoned.assign(AT_MS, letterCase('america/new_york', i));
    expect(zoned.assign(AT_MS, 'Asia/Shanghai')).toEqual(before);
  });
});

/** The text in one of 2^10 letter cases. */
function letterCase(text: string, bits: number): string {
  return [...text].map((letter, i) => ((bits >> i) & 1 ? letter.toUpperCase() : letter)).join('');
}

describe('a record with a bad zone is poison', () => {
  it.each<[zone: unknown, message: string]>([
    ['Asia/Shangai', 'zone field "tz": "Asia/Shangai" is no IANA time zone; did you mean "Asia/Shanghai"?'],
    ['Mars/Olympus', 'zone field "tz": "Mars/Olympus" is no IANA time zone, such as Asia/Shanghai or UTC'],
    ['+08:00', 'zone field "tz": "+08:00" is no IANA time zone, such as Asia/Shanghai or UTC'],
    ['', 'zone field "tz": "" is no IANA time zone, such as Asia/Shanghai or UTC'],
    [undefined, 'zone field "tz" is missing; the name of an IANA time zone, such as Asia/Shanghai, is needed'],
    [null, 'zone field "tz" is null; the name of an IANA time zone, such as Asia/Shanghai, is needed'],
    [8, 'zone field "tz": 8 is a number; the name of an IANA time zone, such as Asia/Shanghai, is needed'],
    [['UTC'], 'zone field "tz": ["UTC"] is a list; the name of an IANA time zone, such as Asia/Shanghai, is needed'],
  ])('%j', (zone, message) => {
    const fault = faultOf(new ZonedCalendarWindowAssigner('day', 'tz'), zone);
    expect(fault).toMatchObject({ reason: 'bad-value', message });
  });

  it('says the same each time, and before any window is asked for', () => {
    const zoned = new ZonedCalendarWindowAssigner('day', 'tz');
    const first = faultOf(zoned, 'Europe/Berln').message;
    expect(faultOf(zoned, 'Europe/Berln').message).toBe(first);
    expect(() => zoned.zoneOf('Europe/Berln')).toThrow(first);
    expect(zoned.zoneOf('Europe/Berlin')).toBe('Europe/Berlin');
  });

  it('however long the text is', () => {
    const zoned = new ZonedCalendarWindowAssigner('day', 'tz');
    expect(faultOf(zoned, 'A'.repeat(5_000_000)).message.length).toBeLessThan(200);
  });
});

describe('Intl', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is not asked again by records of days and zones that were seen', () => {
    const zones = Intl.supportedValuesOf('timeZone').slice(0, 60);
    const zoned = new ZonedCalendarWindowAssigner('hour', 'tz');
    const assignAll = () => {
      for (let hour = 0; hour < 48; hour++) {
        for (const zone of zones) zoned.assign(AT_MS + hour * 3_600_000, zone);
      }
    };
    assignAll();
    const asked = jest.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
    assignAll();
    expect(asked).not.toHaveBeenCalled();
  });
});
