import { indexOf, nowcastTenths } from './epa';
import { readingLines } from './readings';
import type { Rows } from './rows-become';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** So many hours of the shipped file, of five posts each. */
const HOURS = 24 * 45;
export const HYDERABAD = 'Hyderabad US Consulate, India (हैदराबाद अमेरिकी वाणिज्य दूतावास)';

export interface Reading {
  readonly location: string;
  readonly observed_at: string;
  /** Whole numbers. */
  readonly pm25: number | null;
  readonly zone?: string;
}

export function fileReadings(): Reading[] {
  return readingLines()
    .slice(0, HOURS * 5)
    .map((line) => {
      const [time = '', location = '', pm25 = ''] = line.split(',');
      return { location, observed_at: time, pm25: pm25 === '' ? null : Number(pm25) };
    });
}

/** Two days of a post whose clock is half an hour off, and of one that names its zone. */
export function otherReadings(): Reading[] {
  return Array.from({ length: 48 }, (_, hour) => {
    const at = new Date(Date.UTC(2013, 2, 1) + hour * HOUR_MS).toISOString();
    return [
      { location: HYDERABAD, observed_at: at, pm25: 40 + ((hour * 7) % 50) },
      { location: 'Lima', observed_at: at, pm25: 3 + (hour % 5), zone: 'America/Lima' },
    ];
  }).flat();
}

const OFFSET_MINUTES: Readonly<Record<string, number>> = { [HYDERABAD]: 330, Lima: -300 };

/** Midnight of the post's day, epoch ms. None of these zones changes its clocks. */
function dayOf({ location, observed_at }: Reading): { readonly date: string; readonly startMs: number } {
  const offsetMs = (OFFSET_MINUTES[location] ?? 480) * 60_000;
  const local = Math.floor((Date.parse(observed_at) + offsetMs) / DAY_MS) * DAY_MS;
  return { date: new Date(local).toISOString().slice(0, 10), startMs: local - offsetMs };
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const hourOf = ({ observed_at }: Reading): number => Math.floor(Date.parse(observed_at) / HOUR_MS);

export function expectedDays(measured: readonly Reading[]): Rows {
  const days = grouped(measured, (one) => `${one.location}|${dayOf(one).date}`);
  return new Map(
    [...days].map(([day, readings]) => {
      const values = readings.map(({ pm25 }) => pm25!);
      const sum = values.reduce((total, value) => total + value, 0);
      const { startMs } = dayOf(readings[0]!);
      // A mean of whole numbers, cut to a tenth in whole numbers.
      const { aqi } = indexOf(Math.floor((sum * 10) / values.length));
      return [
        day,
        {
          ...{ avg_pm25: Math.round((sum / values.length) * 1e9), max_pm25: Math.max(...values) },
          ...{ min_pm25: Math.min(...values), readings: values.length, aqi },
          ...{ day_start: iso(startMs), day_end: iso(startMs + DAY_MS) },
        },
      ];
    }),
  );
}

/** What EPA would report of a post at the end of an hour. */
function airAt(hours: ReadonlyMap<number, number>, hour: number) {
  const newestFirst = Array.from({ length: 12 }, (_, age) => hours.get(hour - age));
  const tenths = nowcastTenths(newestFirst);
  return {
    nowcast: tenths === undefined ? null : tenths / 10,
    aqi: tenths === undefined ? null : indexOf(tenths).aqi,
    band: tenths === undefined ? null : indexOf(tenths).band,
    hours: newestFirst.filter((value) => value !== undefined).length,
  };
}

function hoursByPost(measured: readonly Reading[]): Map<string, Map<number, number>> {
  const posts = grouped(measured, ({ location }) => location);
  return new Map([...posts].map(([location, all]) => [location, new Map(all.map((one) => [hourOf(one), one.pm25!]))]));
}

/** Each hour that, or one of the eleven before, was measured. */
export function expectedHours(measured: readonly Reading[]): Rows {
  const rows = new Map<string, object>();
  for (const [location, hours] of hoursByPost(measured)) {
    const reported = new Set(
      [...hours.keys()].flatMap((hour) => Array.from({ length: 12 }, (_, after) => hour + after)),
    );
    for (const hour of reported) {
      rows.set(`${location}|${iso((hour + 1) * HOUR_MS)}`, {
        ...{ year: new Date(hour * HOUR_MS).getUTCFullYear(), pm25: hours.get(hour) ?? null },
        ...airAt(hours, hour),
      });
    }
  }
  return rows;
}

export function expectedNow(measured: readonly Reading[]): Rows {
  const posts = hoursByPost(measured);
  const newest = new Map(measured.map((one) => [one.location, one]));
  return new Map(
    [...newest].map(([location, reading]) => {
      const { nowcast, aqi, band } = airAt(posts.get(location)!, hourOf(reading));
      const readings = measured.filter((one) => one.location === location).length;
      return [location, { observed_at: reading.observed_at, pm25: reading.pm25, nowcast, aqi, band, readings }];
    }),
  );
}

export function expectedReporting(measured: readonly Reading[]): Rows {
  const hours = grouped(measured, (one) => iso(hourOf(one) * HOUR_MS));
  return new Map(
    [...hours].map(([hour, all]) => [
      hour,
      { posts: new Set(all.map(({ location }) => location)).size, readings: all.length },
    ]),
  );
}
