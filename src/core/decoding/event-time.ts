import { PoisonRecordError } from '../errors';
import { displayed } from './displayed';
import { parseIsoTime } from './iso-time';

/** 2100-01-01T00:00:00Z. Later times are slips of a sensor, and one of them would close every window. */
export const LATEST_EVENT_TIME_MS = 4_102_444_800_000;
/** Numbers below are seconds: as milliseconds they would lie before March 1973, as seconds they reach year 5138. */
const LEAST_MS_NUMBER = 1e11;
/**
 * Year 9999, in seconds and on the clocks of any zone: what systems write for "never". As milliseconds these numbers are
 * nine hours of 11 January 1978, which is the smaller loss.
 */
const [NEVER_BEGINS_S, NEVER_ENDS_S] = [253_370_764_800 - 86_400, 253_402_300_800 + 86_400] as const;
/** Seconds with three decimals are not exact in binary; a microsecond undoes that before the cut to milliseconds. */
const SECONDS_SLACK_MS = 0.001;

const EXPECTED = 'ISO 8601 text, epoch seconds or epoch milliseconds is needed';

/**
 * Epoch ms in [0, 2100-01-01) of a time field: ISO 8601 text (UTC unless it names an offset; the machine's zone plays
 * no part), or a number of seconds or milliseconds, told apart by size. Parts of a millisecond are cut off.
 * Throws PoisonRecordError `bad-time`; `field` names the field in its message.
 */
export function eventTimeOf(value: unknown, field: string): number {
  const ms =
    typeof value === 'string' ? parseIsoTime(value) : typeof value === 'number' ? msOfNumber(value) : undefined;
  if (ms !== undefined && ms >= 0 && ms < LATEST_EVENT_TIME_MS) return ms;
  throw new PoisonRecordError('bad-time', `time field "${field}"${wrong(value, ms)}`);
}

/** The time of a record whose pipeline names no time field. Throws PoisonRecordError `bad-time`. */
export function recordTimeOf(timestampMs: number): number {
  if (timestampMs >= 0 && timestampMs < LATEST_EVENT_TIME_MS) return Math.floor(timestampMs);
  throw new PoisonRecordError('bad-time', `the record's timestamp ${timestampMs} is not between 1970 and 2100`);
}

function wrong(value: unknown, ms: number | undefined): string {
  if (value === undefined || value === null) return ` is missing; ${EXPECTED}`;
  if (ms !== undefined && !Number.isNaN(ms)) return `: ${displayed(value)} is not between 1970 and 2100`;
  if (typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value)) {
    return `: ${displayed(value)} is a number as text; ${EXPECTED}`;
  }
  return `: ${displayed(value)} is no time; ${EXPECTED}`;
}

function msOfNumber(value: number): number {
  if (value >= NEVER_BEGINS_S && value < NEVER_ENDS_S) return value * 1000;
  return Math.floor(Math.abs(value) < LEAST_MS_NUMBER ? value * 1000 + SECONDS_SLACK_MS : value);
}
