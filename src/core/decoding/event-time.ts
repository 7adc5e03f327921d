import { PoisonRecordError } from '../errors';
import { displayed } from './displayed';

/** 2100-01-01T00:00:00Z. Later times are slips of a sensor, and one of them would close every window. */
export const LATEST_EVENT_TIME_MS = 4_102_444_800_000;
/** Numbers below are seconds: as milliseconds they would lie before March 1973, as seconds they reach year 5138. */
const LEAST_MS_NUMBER = 1e11;
/** Seconds with three decimals are not exact in binary; a microsecond undoes that before the cut to milliseconds. */
const SECONDS_SLACK_MS = 0.001;

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;
const EXPECTED = 'ISO 8601 text, epoch seconds or epoch milliseconds is needed';

/**
 * Epoch ms in [0, 2100-01-01) of a time field: ISO 8601 text (UTC unless it names an offset; the machine's zone plays
 * no part), or a number of seconds or milliseconds, told apart by size. Parts of a millisecond are cut off.
 * Throws PoisonRecordError `bad-time`; `field` names the field in its message.
 */
export function eventTimeOf(value: unknown, field: string): number {
  const ms = typeof value === 'string' ? msOfText(value) : typeof value === 'number' ? msOfNumber(value) : undefined;
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
  return Math.floor(Math.abs(value) < LEAST_MS_NUMBER ? value * 1000 + SECONDS_SLACK_MS : value);
}

function msOfText(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset = 'Z'] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const date = new Date(0);
  const midnight = date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCDate() !== Number(day) || date.getUTCMonth() !== Number(month) - 1) return undefined;
  const timeOfDay = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  const offsetMs = msOfOffset(offset);
  return offsetMs === undefined ? undefined : midnight + timeOfDay + msOfFraction(fraction) - offsetMs;
}

function msOfFraction(digits: string): number {
  return digits === '' ? 0 : Number(digits.slice(0, 3).padEnd(3, '0'));
}

/** `Z`, `+08`, `+0800`, `+08:00`; less than a day. */
function msOfOffset(text: string): number | undefined {
  if (text === 'Z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
