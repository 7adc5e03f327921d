import { Kafka, logLevel } from 'kafkajs';
import type { RowJson } from '../../src/core/row/row-json';
import { seededRandom } from '../support/random';
import { testServers } from '../support/servers';
import { ServiceProcess } from '../support/service';
import { SystemCopy } from '../support/system-copy';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const START_MS = Date.parse('2026-03-01T00:00:00Z');

type Rows = Map<string, Record<string, unknown>>;

const groupedBy = <T>(items: readonly T[], name: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(name(item), [...(groups.get(name(item)) ?? []), item]);
  return groups;
};
const startOf = (timeMs: number, sizeMs: number): string =>
  new Date(Math.floor(timeMs / sizeMs) * sizeMs).toISOString();
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
/** To what the order of adding leaves open. */
const rounded = (value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(10)) : value);
const roundedRow = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, rounded(value)]));

async function becomes(read: () => Promise<Rows>, expected: Rows): Promise<void> {
  const text = (rows: Rows): string => JSON.stringify([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));
  const wanted = text(expected);
  await waitUntil('the rows are those expected', async () => text(await read()) === wanted, 90_000, 500).catch(
    () => undefined,
  );
  const found = await read();
  expect([...found].sort(([a], [b]) => (a < b ? -1 : 1))).toEqual([...expected].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('sensors on real servers', () => {
  const copy: SystemCopy = new SystemCopy({
    pipelines: ['sensors-stats', 'sensors-watch', 'sensors-alerts'],
    topics: ['sensors.readings', 'sensors.watched', 'sensors.registry'],
    keyspace: 'sensors',
  });
  const LIMITS = { temperature_min: -5, temperature_max: 30, humidity_max: 90, pressure_min: 990 };
  const sensors = ['s1', 's2', 'unregistered'];
  const readings = readingsOf(seededRandom(11));
  let service: ServiceProcess;

  interface Reading {
    readonly sensor_id: string;
    readonly location: string;
    readonly temperature: number | null;
    readonly humidity: number;
    readonly pressure: number;
    readonly atMs: number;
  }

  /** Eleven minutes, one reading of each sensor a second, with times beyond each limit, some missing and two spikes. */
  function readingsOf(random: () => number): Reading[] {
    return Array.from({ length: 660 }, (_, i) =>
      sensors.map((sensor_id) => {
        const isSpike = sensor_id === 's1' && (i === 300 || i === 480);
        const swing = 14 + 22 * Math.sin(i / 60);
        const temperature = Math.round((swing + random()) * 10) / 10 + (isSpike ? 400 : 0);
        return {
          ...{ sensor_id, location: `room of ${sensor_id} हैदराबाद`, atMs: START_MS + i * SECOND_MS },
          temperature: i % 17 === 0 ? null : temperature,
          humidity: Math.round(60 + 35 * Math.sin(i / 90)),
          pressure: Math.round(1000 + 15 * Math.cos(i / 120)),
        };
      }),
    ).flat();
  }

  const beyond = ({ sensor_id, temperature, humidity, pressure }: Reading): string[] => {
    if (sensor_id === 'unregistered') return [];
    return [
      ...(temperature !== null && temperature > LIMITS.temperature_max ? ['temperature_max'] : []),
      ...(temperature !== null && temperature < LIMITS.temperature_min ? ['temperature_min'] : []),
      ...(humidity > LIMITS.humidity_max ? ['humidity_max'] : []),
      ...(pressure < LIMITS.pressure_min ? ['pressure_min'] : []),
    ];
  };

  beforeAll(async () => {
    await copy.createTables();
    const registered = ['s1', 's2'].map((sensor_id) => ({ key: sensor_id, value: { sensor_id, ...LIMITS } }));
    await copy.createTopic('sensors.registry', 1);
    await copy.produce('sensors.registry', registered);
    service = await (await ServiceProcess.start('sensors', { MILLRACE_PIPELINES: copy.folder })).ready();
    await copy.produce(
      'sensors.readings',
      readings.map(({ atMs, ...reading }) => ({
        key: reading.sensor_id,
        value: { ...reading, at: new Date(atMs).toISOString() },
      })),
    );
  });
  afterAll(async () => {
    await service?.stop();
    await copy.close();
  });

  it('gives the statistics of each five minutes, with how often a limit of the registry was passed', async () => {
    const columns = ['readings', 'temperature', 'temperature_min', 'temperature_max', 'humidity', 'pressure'];
    const limits = {
      hot: 'temperature_max',
      cold: 'temperature_min',
      damp: 'humidity_max',
      low_pressure: 'pressure_min',
    };
    const expected: Rows = new Map();
    for (const [name, group] of groupedBy(readings, (r) => `${r.sensor_id} ${startOf(r.atMs, 5 * MINUTE_MS)}`)) {
      const temperatures = group.flatMap(({ temperature }) => temperature ?? []);
      const counts: [string, number][] = Object.entries(limits).map(([column, limit]) => [
        column,
        group.filter((reading) => beyond(reading).includes(limit)).length,
      ]);
      expected.set(
        name,
        roundedRow({
          ...{ location: group[0]!.location, readings: group.length, temperature: mean(temperatures) },
          ...{ temperature_min: Math.min(...temperatures), temperature_max: Math.max(...temperatures) },
          ...{ humidity: mean(group.map((r) => r.humidity)), pressure: mean(group.map((r) => r.pressure)) },
          ...Object.fromEntries(counts),
        }),
      );
    }
    await becomes(async () => {
      const rows = await copy.rows(['sensor_id', 'start', 'location', ...columns, ...Object.keys(limits)], 'stats');
      return new Map(
        rows.map(({ sensor_id, start, ...row }) => [`${String(sensor_id)} ${String(start)}`, roundedRow(row)]),
      );
    }, expected);
  });

  it('gives each minute in which a limit was passed or a reading was unusual', async () => {
    const isSpike = ({ temperature }: Reading): boolean => (temperature ?? 0) > 300;
    const alerts = readings.filter((reading) => beyond(reading).length > 0 || isSpike(reading));
    const expected: Rows = new Map();
    for (const [name, group] of groupedBy(alerts, (r) => `${r.sensor_id} ${startOf(r.atMs, MINUTE_MS)}`)) {
      const limits = groupedBy(
        group.flatMap((reading) => beyond(reading).slice(0, 1)),
        (limit) => limit,
      );
      const counted = Object.fromEntries([...limits].map(([limit, all]) => [limit, all.length]));
      expected.set(name, { readings: group.length, limits: sortedText(counted), spikes: group.filter(isSpike).length });
    }
    await becomes(async () => {
      const rows = await copy.rows(['sensor_id', 'minute', 'readings', 'limits', 'unusual'], 'alerts');
      return new Map(
        rows.map(({ sensor_id, minute, readings: count, limits, unusual }) => [
          `${String(sensor_id)} ${String(minute)}`,
          {
            readings: count,
            limits: sortedText(countsOf(limits)),
            spikes: countsOf(unusual)['temperature'] ?? 0,
          },
        ]),
      );
    }, expected);
  });

  const countsOf = (json: unknown): Record<string, number> =>
    Object.fromEntries((JSON.parse(String(json)) as { value: string; count: number }[]).map((e) => [e.value, e.count]));
  const sortedText = (counts: Record<string, number>): string => JSON.stringify(Object.entries(counts).sort());
});

describe('cameras on real servers', () => {
  const copy: SystemCopy = new SystemCopy({
    pipelines: ['cameras-activity', 'cameras-online', 'cameras-latest'],
    topics: ['cameras.frames'],
    keyspace: 'cameras',
  });
  const LARGE_BYTES = 5 * 1024 * 1024;
  const jpeg = (frame: number): Buffer => Buffer.from([0xff, 0xd8, 0xff, 0xe0, frame >> 8, frame & 0xff]);
  const frames = framesOf();
  let service: ServiceProcess;

  interface Frame {
    readonly camera_id: string;
    readonly frame: number;
    readonly atMs: number;
    readonly motion: number;
  }

  /** A minute of two cameras, two frames a second; one loses frames within it, the other is silent for eight seconds. */
  function framesOf(): Frame[] {
    return Array.from({ length: 120 }, (_, i) => {
      const at = { frame: i + 1, atMs: START_MS + i * 500 };
      const gate = i % 20 === 7 || i % 20 === 8 ? [] : [{ camera_id: 'gate', ...at, motion: (i % 10) / 10 }];
      const yard = i >= 60 && i < 76 ? [] : [{ camera_id: 'yard', ...at, motion: 0.5 }];
      return [...gate, ...yard];
    }).flat();
  }

  const valueOf = ({ atMs, ...frame }: Frame): object => ({
    ...frame,
    ...{ at: new Date(atMs).toISOString(), width: 96, height: 54, thumbnail: jpeg(frame.frame).toString('base64') },
  });

  beforeAll(async () => {
    await copy.createTables();
    await createTopicForLargeRecords();
    service = await (await ServiceProcess.start('cameras', { MILLRACE_PIPELINES: copy.folder })).ready();
    const half = Math.floor(frames.length / 2);
    const records = frames.map((frame) => ({ key: frame.camera_id, value: valueOf(frame) }));
    await copy.produce('cameras.frames', records.slice(0, half));
    const large = { ...valueOf(frames[half]!), thumbnail: 'A'.repeat(LARGE_BYTES) };
    await copy.produce('cameras.frames', [{ key: 'gate', value: large }]);
    await copy.produce('cameras.frames', records.slice(half));
  });
  afterAll(async () => {
    await service?.stop();
    await copy.close();
  });

  /** A broker that takes frames of 5 MB, so that they reach the service. */
  async function createTopicForLargeRecords(): Promise<void> {
    const admin = new Kafka({ brokers: testServers().kafka, logLevel: logLevel.ERROR }).admin();
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: String(2 * LARGE_BYTES) }];
    await admin.createTopics({
      topics: [{ topic: copy.nameOf('cameras.frames'), numPartitions: 2, configEntries }],
      waitForLeaders: true,
    });
    await admin.disconnect();
  }

  it('gives frames, missing ones and motion of each ten seconds, past a frame that is too large', async () => {
    const expected: Rows = new Map();
    for (const [name, group] of groupedBy(frames, (f) => `${f.camera_id} ${startOf(f.atMs, 10 * SECOND_MS)}`)) {
      const numbers = group.map(({ frame }) => frame);
      expected.set(
        name,
        roundedRow({
          ...{ frames: group.length, frames_per_second: group.length / 10 },
          missing: Math.max(...numbers) - Math.min(...numbers) + 1 - group.length,
          motion: mean(group.map(({ motion }) => motion)),
          motion_max: Math.max(...group.map(({ motion }) => motion)),
          ...{ width: 96, height: 54 },
        }),
      );
    }
    const columns = ['frames', 'frames_per_second', 'missing', 'motion', 'motion_max', 'width', 'height'];
    await becomes(async () => {
      const rows = await copy.rows(['camera_id', 'start', ...columns], 'activity');
      return new Map(
        rows.map(({ camera_id, start, ...row }) => [`${String(camera_id)} ${String(start)}`, roundedRow(row)]),
      );
    }, expected);
  });

  it('shows from when to when a camera was heard', async () => {
    const expected: Rows = new Map();
    for (const [camera, group] of groupedBy(frames, ({ camera_id }) => camera_id)) {
      const sessions: Frame[][] = [];
      for (const frame of group) {
        const newest = sessions.at(-1);
        if (newest && frame.atMs - newest.at(-1)!.atMs <= 5 * SECOND_MS) newest.push(frame);
        else sessions.push([frame]);
      }
      for (const session of sessions) {
        const end_at = new Date(session.at(-1)!.atMs).toISOString();
        expected.set(`${camera} ${new Date(session[0]!.atMs).toISOString()}`, { end_at, frames: session.length });
      }
    }
    expect(expected.size).toBe(3);
    await becomes(async () => {
      const rows = await copy.rows(['camera_id', 'start', 'end_at', 'frames'], 'online');
      return new Map(rows.map(({ camera_id, start, ...row }) => [`${String(camera_id)} ${String(start)}`, row]));
    }, expected);
  });

  it('serves the newest frame of each camera', async () => {
    for (const camera of ['gate', 'yard']) {
      const { frame } = frames.filter(({ camera_id }) => camera_id === camera).at(-1)!;
      const url = `${service.url}/v1/cameras/${camera}/latest.jpg`;
      await waitUntil(`frame ${frame} of ${camera} is served`, async () => {
        const response = await fetch(url);
        await response.arrayBuffer();
        return response.headers.get('millrace-frame') === String(frame);
      });
      const response = await fetch(url);
      expect(response.headers.get('content-type')).toBe('image/jpeg');
      expect(Buffer.from(await response.arrayBuffer())).toEqual(jpeg(frame));
    }
  });

  it('makes a frame of 5 MB a dead letter that says why, in each pipeline', async () => {
    interface Letters {
      readonly letters: readonly { readonly reason: string; readonly message: string }[];
    }
    for (const pipeline of ['cameras-activity', 'cameras-online', 'cameras-latest']) {
      const path = `/v1/dead-letters?pipeline=${copy.nameOf(pipeline)}`;
      await waitUntil('the letter is there', async () => (await service.json<Letters>(path)).letters.length > 0);
      const { letters } = await service.json<Letters>(path);
      expect(letters).toHaveLength(1);
      expect(letters[0]!.reason).toBe('too-large');
      expect(letters[0]!.message).toContain('at most 1048576 are taken');
    }
  });

  it('refuses a frame of 5 MB over HTTP with how much may be sent', async () => {
    const body = JSON.stringify({ ...valueOf(frames[0]!), thumbnail: 'A'.repeat(LARGE_BYTES) });
    const response = await fetch(`${service.url}/v1/ingest/${copy.nameOf('cameras.frames')}`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
    });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain('at most 1048576 are taken');
  });

  it('keeps rows of the API equal to those of the table', async () => {
    const path = `/v1/pipelines/${copy.nameOf('cameras-activity')}/rows?key.camera_id=gate&limit=1000`;
    const { rows } = await service.json<{ rows: RowJson[] }>(path);
    const starts = new Set(
      frames.filter(({ camera_id }) => camera_id === 'gate').map(({ atMs }) => startOf(atMs, 10 * SECOND_MS)),
    );
    expect(rows.map(({ window }) => window!.start)).toEqual([...starts]);
  });
});
