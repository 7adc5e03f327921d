import { isDeepStrictEqual } from 'node:util';

import { indexOf, nowcastTenths } from '../support/epa';
import { readingLines } from '../support/readings';
import { ServiceProcess } from '../support/service';
import { SystemCopy } from '../support/system-copy';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** So many hours of the shipped file, of five posts each. */
const HOURS = 24 * 45;
const HYDERABAD = 'Hyderabad US Consulate, India (हैदराबाद अमेरिकी वाणिज्य दूतावास)';
const PIPELINES = ['daily', 'hourly-aqi', 'live', 'worst-posts', 'reporting'].map((name) => `air-quality-${name}`);

interface Reading {
  readonly location: string;
  readonly observed_at: string;
  /** Whole numbers. */
  readonly pm25: number | null;
  readonly zone?: string;
}

function fileReadings(): Reading[] {
  return readingLines()
    .slice(0, HOURS * 5)
    .map((line) => {
      const [time = '', location = '', pm25 = ''] = line.split(',');
      return { location, observed_at: time, pm25: pm25 === '' ? null : Number(pm25) };
    });
}

/** Two days of a post whose clock is half an hour off, and of one that names its zone. */
function otherReadings(): Reading[] {
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

type Rows = Map<string, object>;

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const hourOf = ({ observed_at }: Reading): number => Math.floor(Date.parse(observed_at) / HOUR_MS);

function expectedDays(measured: readonly Reading[]): Rows {
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
function expectedHours(measured: readonly Reading[]): Rows {
  const rows: Rows = new Map();
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

function expectedNow(measured: readonly Reading[]): Rows {
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

function expectedReporting(measured: readonly Reading[]): Rows {
  const hours = grouped(measured, (one) => iso(hourOf(one) * HOUR_MS));
  return new Map(
    [...hours].map(([hour, all]) => [
      hour,
      { posts: new Set(all.map(({ location }) => location)).size, readings: all.length },
    ]),
  );
}

interface PipelineAnswer {
  readonly totals: Readonly<Record<'accepted' | 'filtered' | 'late' | 'dead', number>>;
}

describe('the air quality system on real servers', () => {
  const copy = new SystemCopy({
    ...{ pipelines: PIPELINES, topics: ['air-quality.readings', 'air-quality.daily'], keyspace: 'aqdata' },
    // So that the last hours close soon after the last reading.
    edit: (yaml) => yaml.replace('idleAfter: 60s', 'idleAfter: 2s'),
  });
  const all = [...fileReadings(), ...otherReadings()];
  const measured = all.filter(({ pm25 }) => pm25 !== null);
  let service: ServiceProcess;

  beforeAll(async () => {
    await copy.createTables();
    await copy.createTopic('air-quality.readings', 4);
    await copy.produce(
      'air-quality.readings',
      all.map((value) => ({ key: value.location, value })),
    );
    service = await (await ServiceProcess.start('air-quality-system', { MILLRACE_PIPELINES: copy.folder })).ready();
  });
  afterAll(async () => {
    await service?.stop();
    await copy.close();
  });

  async function table(name: string, key: readonly string[], columns: readonly string[]): Promise<Rows> {
    const rows = await copy.rows([...key, ...columns], name);
    return new Map(
      rows.map((row) => [
        key.map((column) => row[column]).join('|'),
        Object.fromEntries(
          columns.map((column) => [
            column,
            // Digits beyond the ninth depend on the order of terms.
            column === 'avg_pm25' ? Math.round(Number(row[column]) * 1e9) : row[column],
          ]),
        ),
      ]),
    );
  }

  /** Waits for the table to be what is expected; else shows what differs. */
  async function becomes(expected: Rows, read: () => Promise<Rows>): Promise<void> {
    await waitUntil(
      'the table holds what is expected',
      async () => isDeepStrictEqual(sorted(await read()), sorted(expected)),
      90_000,
      500,
    ).catch(() => undefined);
    expect(sorted(await read())).toEqual(sorted(expected));
  }

  const sorted = (rows: Rows): [string, object][] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

  it('gives each day of each post, on its own clock, with its index', () =>
    becomes(expectedDays(measured), () =>
      table(
        'pm25',
        ['location', 'date'],
        ['avg_pm25', 'max_pm25', 'min_pm25', 'readings', 'aqi', 'day_start', 'day_end'],
      ),
    ));

  it('gives the NowCast and the index of each hour of each post, as exact arithmetic gives them', () =>
    becomes(expectedHours(measured), () =>
      table('aqi_hourly', ['location', 'hour_end'], ['year', 'pm25', 'nowcast', 'aqi', 'band', 'hours']),
    ));

  it('gives the air at each post now', () =>
    becomes(expectedNow(measured), () =>
      table('air_now', ['location'], ['observed_at', 'pm25', 'nowcast', 'aqi', 'band', 'readings']),
    ));

  it('ranks the posts by their index, the worst first', async () => {
    const expected = new Map(
      [...expectedNow(measured)].map(([post, now]) => [post, { score: (now as { aqi: number | null }).aqi }]),
    );
    const path = `/v1/pipelines/${copy.nameOf('air-quality-worst-posts')}/leaderboard?limit=20`;
    const board = async () => (await service.json<{ entries: { member: string; score: number }[] }>(path)).entries;
    await becomes(expected, async () => new Map((await board()).map(({ member, score }) => [member, { score }])));
    const scores = (await board()).map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('counts the posts that reported in each hour, over all partitions', () =>
    becomes(expectedReporting(measured), () => table('posts_reporting', ['hour'], ['posts', 'readings'])));

  it('shows in each pipeline how many records had no PM2.5, and the condition that left them out', async () => {
    for (const name of PIPELINES) {
      const answer = await service.json<PipelineAnswer & { definition: { spec: { where: string } } }>(
        `/v1/pipelines/${copy.nameOf(name)}`,
      );
      expect(answer.totals).toEqual({
        ...{ accepted: measured.length, filtered: all.length - measured.length, late: 0, dead: 0 },
      });
      expect(answer.definition.spec.where).toBe('pm25 != null && pm25 >= 0');
    }
  });

  it('gives back over HTTP the days that the table holds', async () => {
    const path = `/v1/pipelines/${copy.nameOf('air-quality-daily')}/rows?key.location=${encodeURIComponent(HYDERABAD)}&from=2013-02-01&to=2013-04-01`;
    const { rows } = await service.json<{ rows: { window: { start: string } }[] }>(path);
    const starts = [...expectedDays(measured)].flatMap(([day, row]) =>
      day.startsWith(HYDERABAD) ? [(row as { day_start: string }).day_start] : [],
    );
    expect(rows.map(({ window }) => window.start)).toEqual(starts);
  });
});
