import { displayed, kindOf } from '../decoding/displayed';
import { PoisonRecordError } from '../errors';
import { RecentlyUsed } from '../recently-used';
import { isIanaZone, unknownZone } from '../time/zone-name';
import { type CalendarUnit, CalendarWindowAssigner } from './calendar-window';
import type { Window } from './window';

/** The tz database has some 600 names, aliases counted. */
const MOST_ZONES = 700;
/** To find the zone that was meant takes half a millisecond, and one bad device sends the same text again and again. */
const REMEMBERED_FAULTS = 64;
const LONGEST_REMEMBERED = 64;

/**
 * Calendar windows in the zone that each record names in its field `zoneField`. A window keeps the name as the record
 * gives it: two names of one zone (`Asia/Calcutta`, `Asia/Kolkata`) have equal bounds, in windows that differ in `zone`.
 */
export class ZonedCalendarWindowAssigner {
  private readonly assigners: RecentlyUsed<string, CalendarWindowAssigner>;
  private readonly faults = new RecentlyUsed(REMEMBERED_FAULTS, faultOf);

  constructor(
    unit: CalendarUnit,
    private readonly zoneField: string,
  ) {
    this.assigners = new RecentlyUsed(MOST_ZONES, (zone: string) => {
      const fault = zone.length <= LONGEST_REMEMBERED ? this.faults.get(zone) : faultOf(zone);
      if (fault !== undefined) throw this.badZone(`: ${fault}`);
      return new CalendarWindowAssigner(unit, zone);
    });
  }

  /** The one window that holds `eventTimeMs` in the zone. Throws as {@link zoneOf} does. */
  assign(eventTimeMs: number, zone: unknown): readonly Window[] {
    return this.assignerOf(zone).assign(eventTimeMs);
  }

  /**
   * The value of `zoneField` as the name of a zone. Throws PoisonRecordError `bad-value`, naming the field, when it is
   * missing, no text, or no zone that this runtime knows; then the nearest zone is named too.
   */
  zoneOf(value: unknown): string {
    this.assignerOf(value);
    return value as string;
  }

  private assignerOf(zone: unknown): CalendarWindowAssigner {
    if (typeof zone === 'string') return this.assigners.get(zone);
    throw this.badZone(`${whatIsWrong(zone)}; the name of an IANA time zone, such as Asia/Shanghai, is needed`);
  }

  private badZone(fault: string): PoisonRecordError {
    return new PoisonRecordError('bad-value', `zone field "${this.zoneField}"${fault}`);
  }
}

function faultOf(zone: string): string | undefined {
  return isIanaZone(zone) ? undefined : unknownZone(zone);
}

function whatIsWrong(zone: unknown): string {
  if (zone === undefined || zone === null) return zone === null ? ' is null' : ' is missing';
  return `: ${displayed(zone)} is ${kindOf(zone)}`;
}
