import {
  expectedDays,
  expectedHours,
  expectedNow,
  expectedReporting,
  fileReadings,
  HYDERABAD,
  otherReadings,
} from '../support/air-rows';
import { type Rows, rowsBecome } from '../support/rows-become';
import { ServiceProcess } from '../support/service';
import { SystemCopy } from '../support/system-copy';

jest.setTimeout(240_000);

const PIPELINES = ['daily', 'hourly-aqi', 'live', 'worst-posts', 'reporting'].map((name) => `air-quality-${name}`);

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

  it('gives each day of each post, on its own clock, with its index', () =>
    rowsBecome(expectedDays(measured), () =>
      table(
        'pm25',
        ['location', 'date'],
        ['avg_pm25', 'max_pm25', 'min_pm25', 'readings', 'aqi', 'day_start', 'day_end'],
      ),
    ));

  it('gives the NowCast and the index of each hour of each post, as exact arithmetic gives them', () =>
    rowsBecome(expectedHours(measured), () =>
      table('aqi_hourly', ['location', 'hour_end'], ['year', 'pm25', 'nowcast', 'aqi', 'band', 'hours']),
    ));

  it('gives the air at each post now', () =>
    rowsBecome(expectedNow(measured), () =>
      table('air_now', ['location'], ['observed_at', 'pm25', 'nowcast', 'aqi', 'band', 'readings']),
    ));

  it('ranks the posts by their index, the worst first', async () => {
    const expected = new Map(
      [...expectedNow(measured)].map(([post, now]) => [post, { score: (now as { aqi: number | null }).aqi }]),
    );
    const path = `/v1/pipelines/${copy.nameOf('air-quality-worst-posts')}/leaderboard?limit=20`;
    const board = async () => (await service.json<{ entries: { member: string; score: number }[] }>(path)).entries;
    await rowsBecome(expected, async () => new Map((await board()).map(({ member, score }) => [member, { score }])));
    const scores = (await board()).map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('counts the posts that reported in each hour, over all partitions', () =>
    rowsBecome(expectedReporting(measured), () => table('posts_reporting', ['hour'], ['posts', 'readings'])));

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
