import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { Client } from 'cassandra-driver';

import type { LetterJson } from '../../src/runtime/dead-letters/letter-json';
import { AirQualityCopy } from '../support/air-quality';
import { Seeded } from '../support/seeded';
import { testServers } from '../support/servers';
import { CLI, ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

const run = promisify(execFile);
const SIZE = 3;
const HOURS = 120;
const BAD_POST = 'Beijing US Post';
const POSTS = [BAD_POST, 'Chengdu US Post', 'Guangzhou US Post', 'Shanghai US Post', 'Shenyang US Post'];
/** Hours of which the bad post's reading is no number, and what an operator puts in its place. */
const BAD_HOURS = [10, 37];
const MENDED = 50;

interface Triple {
  readonly readings: number;
  readonly total: number;
}
type Values = ReadonlyMap<string, readonly number[]>;

/** Every three readings of a post, in the order in which they come: a reading out of its place is in the wrong row. */
const SPEC = (keyspace: string): string => `
  where: pm25 != null && pm25 >= 0
  key: [location]
  onPoison: park
  window: { kind: count, size: ${SIZE} }
  aggregate: { readings: count(), total: sum(pm25) }
  sinks:
    - cassandra: { table: ${keyspace}.triples, columns: { location: key.location, n: window.index, readings: readings, total: total } }
`;

/** The table of right readings, computed from their values alone. */
function oracle(values: Values): Record<string, Triple> {
  const rows: Record<string, Triple> = {};
  for (const [post, hourly] of values) {
    for (let n = 0; n * SIZE < hourly.length; n++) {
      const three = hourly.slice(n * SIZE, (n + 1) * SIZE);
      rows[`${post}#${n}`] = { readings: three.length, total: three.reduce((sum, value) => sum + value, 0) };
    }
  }
  return rows;
}

describe('a key that a bad record parks, on real servers', () => {
  const { host, port } = testServers().cassandra;
  const cassandra = new Client({ contactPoints: [`${host}:${port}`], localDataCenter: 'datacenter1' });
  const seeded = new Seeded('parked-keys');
  let copy: AirQualityCopy;
  let service: ServiceProcess;

  beforeEach(async () => {
    copy = new AirQualityCopy((yaml) => {
      const keyspace = /table: (\w+)\.pm25/.exec(yaml)![1]!;
      return yaml.slice(0, yaml.indexOf('  where:')) + SPEC(keyspace).slice(1);
    });
    await copy.createTable();
    await cassandra.execute(
      `CREATE TABLE ${copy.keyspace}.triples (location text, n bigint, readings bigint, total double, PRIMARY KEY (location, n))`,
    );
    await start();
  });
  afterEach(async () => {
    await service?.stop();
    await copy.close();
  });
  afterAll(() => cassandra.shutdown());

  const start = async (): Promise<void> => {
    service = await ServiceProcess.start('parked-keys', { MILLRACE_PIPELINES: copy.folder });
    await service.ready();
  };
  const dieAndStart = async (): Promise<void> => {
    await service.kill();
    await start();
  };
  const table = async (): Promise<Record<string, Triple>> => {
    const { rows } = await cassandra.execute(`SELECT location, n, readings, total FROM ${copy.keyspace}.triples`);
    const entries = rows.map((row) => {
      const of = row as unknown as Record<string, { toString(): string }>;
      const values = { readings: Number(of['readings']), total: Number(of['total']) };
      return [`${String(of['location'])}#${String(of['n'])}`, values] as const;
    });
    return Object.fromEntries(entries);
  };
  /** Rows first, so that a table that never comes right shows how. */
  const expectTable = async (expected: Record<string, Triple>): Promise<void> => {
    const wanted = JSON.stringify(Object.entries(expected).sort());
    await waitUntil(
      'the table is right',
      async () => JSON.stringify(Object.entries(await table()).sort()) === wanted,
    ).catch(() => undefined);
    expect(await table()).toEqual(expected);
  };
  /** Offsets of the records that there are letters of; a letter may be stored twice when the process dies. */
  const parkedLetters = async (count: number): Promise<ReadonlySet<string>> =>
    waitUntil(`letters of ${count} records are stored`, async () => {
      const { letters } = await service.json<{ letters: LetterJson[] }>(`/v1/dead-letters?pipeline=${copy.name}`);
      expect(letters.every(({ reason, parked }) => reason === 'expression-failed' && parked === true)).toBe(true);
      const offsets = new Set(letters.map(({ source }) => source.offset));
      return offsets.size >= count && offsets;
    });
  const waiting = async (): Promise<number> => {
    const text = await fetch(`${service.url}/metrics`).then((response) => response.text());
    return Number(/^millrace_parked_records\{.*\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  /** As it is: nothing is mended. */
  const replayByApi = async (): Promise<unknown> => {
    const answer = await fetch(`${service.url}/v1/dead-letters:replay`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ pipeline: copy.name }),
    });
    return JSON.parse(await answer.text()) as unknown;
  };
  const replayByCommand = async (): Promise<unknown> => {
    const { kafka, redis } = testServers();
    const servers = { MILLRACE_KAFKA_BROKERS: kafka.join(','), MILLRACE_REDIS_URL: redis };
    const env = { ...process.env, NODE_OPTIONS: '', MILLRACE_PIPELINES: copy.folder, ...servers };
    const args = ['dead-letters', 'replay', copy.name, '--patch', JSON.stringify({ pm25: MENDED })];
    const { stdout } = await run(process.execPath, [CLI, ...args], { env });
    return JSON.parse(stdout) as unknown;
  };

  it('waits in order while other keys flow, and after the mend the table is that of right records, through kill -9', async () => {
    const values: Values = new Map(
      POSTS.map((post) => [post, Array.from({ length: HOURS }, () => seeded.between(0, 500))]),
    );
    for (const hour of BAD_HOURS) (values.get(BAD_POST) as number[])[hour] = MENDED;
    const produce = async (from: number, to: number): Promise<void> => {
      const hours = Array.from({ length: to - from }, (_, i) => from + i);
      const readings = hours.flatMap((hour) =>
        POSTS.map((location) => {
          const isBad = location === BAD_POST && BAD_HOURS.includes(hour);
          const pm25 = isBad ? 'no number' : values.get(location)![hour];
          const observed_at = new Date(Date.UTC(2013, 0, 1, hour)).toISOString();
          return { key: location, value: JSON.stringify({ observed_at, location, pm25 }) };
        }),
      );
      await copy.produce(readings);
    };
    await produce(0, 40);
    await dieAndStart();
    await produce(40, HOURS - SIZE);
    const untilBad = [BAD_POST, values.get(BAD_POST)!.slice(0, BAD_HOURS[0])] as const;
    const others = POSTS.slice(1).map((post) => [post, values.get(post)!.slice(0, HOURS - SIZE)] as const);
    await expectTable(oracle(new Map([untilBad, ...others])));
    await waitUntil('all of its records wait', async () => (await waiting()) === HOURS - SIZE - BAD_HOURS[0]!);
    expect((await parkedLetters(BAD_HOURS.length)).size).toBe(BAD_HOURS.length);

    expect(await replayByApi()).toMatchObject({ released: 2, replayed: 0 });
    await dieAndStart();
    await waitUntil('the release is processed', () => copy.hasCaughtUp());
    expect(await waiting()).toBe(HOURS - SIZE - BAD_HOURS[0]!);
    await service.kill();
    expect(await replayByCommand()).toMatchObject({ released: 2, before: 0, replayed: 0 });
    await start();
    await produce(HOURS - SIZE, HOURS);
    await expectTable(oracle(values));
    expect(await waiting()).toBe(0);
    expect(await replayByCommand()).toMatchObject({ released: 0, before: 2, replayed: 0 });
  });
});
