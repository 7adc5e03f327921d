import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';

import type { RowJson } from '../../src/core/row/row-json';
import { AirQualityCopy } from '../support/air-quality';
import { LiveFollower } from '../support/live-follower';
import { expectedDailyRows, READINGS_FILE } from '../support/readings';
import { CLI, ServiceProcess } from '../support/service';
import { testServers } from '../support/servers';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

/** Accepted readings: the file has 131,400, and 8,786 of them have no value. */
const ACCEPTED = 131_400 - 8_786;

/** Feeds the shipped file by the command line; resolves with what it printed. */
async function ingest(file: string, args: readonly string[] = []): Promise<string> {
  const child = spawn(process.execPath, [CLI, 'ingest', file, '--source', READINGS_FILE, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', MILLRACE_KAFKA_BROKERS: testServers().kafka.join(',') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`ingest ended with ${code}: ${text}`);
  return text;
}

/**
 * After how many accepted readings the service dies, in order. MILLRACE_TEST_SEED gives the moments of an earlier run
 * again; the seed is printed.
 */
function momentsOfDeath(count: number): number[] {
  const seed = Number(process.env['MILLRACE_TEST_SEED'] ?? randomInt(2 ** 31));
  const moment = fc.noBias(fc.integer({ min: 1, max: 110_000 }));
  const moments = fc.sample(moment, { seed, numRuns: count }).sort((a, b) => a - b);
  process.stderr.write(`MILLRACE_TEST_SEED=${seed}: the service dies after ${moments.join(', ')} readings\n`);
  return moments;
}

interface PipelineAnswer {
  readonly totals: {
    readonly accepted: number;
    readonly filtered: number;
    readonly late: number;
    readonly dead: number;
  };
}

async function expectOracle(copy: AirQualityCopy): Promise<void> {
  const expected = expectedDailyRows();
  const { rows } = await copy.table();
  expect(rows.size).toBe(expected.size);
  for (const [day, row] of expected) {
    expect({ day, ...rows.get(day) }).toEqual({ day, ...row, avg_pm25: expect.closeTo(row.avg_pm25, 9) });
  }
}

/** A row's place in the table. */
function dayOf({ key, window }: RowJson): string {
  const date = new Date(Date.parse(window!.start) + 8 * 3_600_000).toISOString().slice(0, 10);
  return `${String(key['location'])}|${date}`;
}

/** The newest revision of each row in the output topic says what the table says. */
async function expectTopicAgrees(copy: AirQualityCopy): Promise<void> {
  const { rows, revisions } = await copy.table();
  const newest = new Map<string, { revision: bigint; values: RowJson['values'] }>();
  for (const { value, headers } of await copy.topicRecords(copy.output)) {
    const row = JSON.parse(value) as RowJson;
    expect(headers['millrace-revision']).toBe(row.revision);
    const day = dayOf(row);
    const revision = BigInt(row.revision);
    const known = newest.get(day);
    if (known?.revision === revision) expect(row.values).toEqual(known.values);
    if (!known || revision > known.revision) newest.set(day, { revision, values: row.values });
  }
  expect(newest.size).toBe(rows.size);
  for (const [day, { revision, values }] of newest) {
    expect([day, revision.toString(), values]).toEqual([day, revisions.get(day), rows.get(day)]);
  }
}

type VersionsByDay = Record<string, { readonly revision: string; readonly values: RowJson['values'] }>;

async function versionsInTable(copy: AirQualityCopy): Promise<VersionsByDay> {
  const { rows, revisions } = await copy.table();
  return Object.fromEntries(
    [...rows].map(([day, values]) => [day, { revision: revisions.get(day)!, values: { ...values } }]),
  );
}

function versionsInFeed(follower: LiveFollower): VersionsByDay {
  return Object.fromEntries(follower.rows().map((row) => [dayOf(row), { revision: row.revision, values: row.values }]));
}

/**
 * Ends once the table and every follower have each accepted reading, and the same newest version of each row. When that
 * does not come, what it throws says which rows differ.
 */
async function everyoneHasEverything(copy: AirQualityCopy, followers: readonly LiveFollower[]): Promise<void> {
  await waitUntil('the pipeline has caught up', () => copy.hasCaughtUp(), 180_000);
  await waitUntil(
    'the live feed has what the table has',
    async () => {
      const inTable = await versionsInTable(copy);
      const readings = Object.values(inTable).reduce((sum, { values }) => sum + Number(values?.['readings']), 0);
      return (
        readings === ACCEPTED && followers.every((follower) => isDeepStrictEqual(versionsInFeed(follower), inTable))
      );
    },
    20_000,
  ).catch(() => undefined);
  await expectLiveAgrees(copy, followers);
}

/** What the live feed gave last, over all services that gave it, is what the table says. */
async function expectLiveAgrees(copy: AirQualityCopy, followers: readonly LiveFollower[]): Promise<void> {
  const inTable = await versionsInTable(copy);
  for (const follower of followers) {
    expect(versionsInFeed(follower)).toEqual(inTable);
    expect(follower.contradictions).toEqual([]);
  }
}

/** Table, topic (by revision) and live feed agree, with each other and with the file. */
async function expectAgreement(copy: AirQualityCopy, followers: readonly LiveFollower[]): Promise<void> {
  await expectOracle(copy);
  await expectTopicAgrees(copy);
  await expectLiveAgrees(copy, followers);
}

describe('the shipped readings on real Kafka, Redis and Cassandra', () => {
  let copy: AirQualityCopy;
  const services: ServiceProcess[] = [];
  const followers: LiveFollower[] = [];
  const start = async (name: string): Promise<ServiceProcess> => {
    const service = await ServiceProcess.start(name, { MILLRACE_PIPELINES: copy.folder });
    services.push(service);
    return service;
  };
  /** Resolves once the follower has its first snapshot, from the service that `current` gives first. */
  const follow = async (current: () => ServiceProcess): Promise<LiveFollower> => {
    const follower = new LiveFollower(copy.name, current);
    followers.push(follower);
    await waitUntil('the live feed begins', () => follower.snapshots > 0);
    return follower;
  };
  /** `undefined` while the service cannot be asked. */
  const accepted = async (service: ServiceProcess): Promise<number | undefined> => {
    const answer = await service.json<PipelineAnswer>(`/v1/pipelines/${copy.name}`).catch(() => undefined);
    return answer?.totals.accepted;
  };

  beforeEach(async () => {
    copy = new AirQualityCopy();
    await copy.createTable();
  });
  afterEach(async () => {
    await Promise.all(followers.splice(0).map((follower) => follower.close()));
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await copy.close();
  });

  it('give the daily table that the file itself gives, and a topic and live feed that agree with it', async () => {
    const service = await (await start('plain')).ready();
    await follow(() => service);
    await ingest(copy.file);
    await everyoneHasEverything(copy, followers);
    const { totals } = await service.json<PipelineAnswer>(`/v1/pipelines/${copy.name}`);
    expect(totals).toEqual({ accepted: ACCEPTED, filtered: 8_786, late: 0, dead: 0 });
    expect(await service.stop()).toBe(0);
    await expectAgreement(copy, followers);
  });

  it('give the same table, topic and live feed when the service dies at three random moments', async () => {
    await (await start('dies-0')).ready();
    const follower = await follow(() => services.at(-1)!);
    const ingesting = ingest(copy.file, ['--rate', '15000']);
    for (const [death, moment] of momentsOfDeath(3).entries()) {
      const service = services.at(-1)!;
      await waitUntil(`${moment} records are accepted`, async () => ((await accepted(service)) ?? 0) >= moment);
      await service.kill();
      await start(`dies-${death + 1}`);
    }
    await ingesting;
    await everyoneHasEverything(copy, followers);
    expect(follower.streams).toBeGreaterThan(1);
    await services.at(-1)!.stop();
    await expectAgreement(copy, followers);
  });

  it('give the same table, topic and live feeds when one of two replicas that share the partitions is killed', async () => {
    const [survivor, victim] = await Promise.all([start('replica-a'), start('replica-b')]);
    await Promise.all([survivor.ready(), victim.ready()]);
    await follow(() => survivor);
    const moving = await follow(() => (victim.hasExited ? survivor : victim));
    const ingesting = ingest(copy.file, ['--rate', '15000']);
    const owned = async (service: ServiceProcess): Promise<number> => {
      const metrics = await (await fetch(`${service.url}/metrics`)).text();
      return Number(/^millrace_tasks\{[^}]*state="running"[^}]*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
    };
    await waitUntil(
      'both replicas own tasks',
      async () => (await owned(survivor)) === 2 && (await owned(victim)) === 2,
    );
    await waitUntil('a part is processed', async () => ((await accepted(survivor)) ?? 0) > 30_000);
    await victim.kill();
    await ingesting;
    await everyoneHasEverything(copy, followers);
    expect(moving.streams).toBe(2);
    await survivor.stop();
    await expectAgreement(copy, followers);
  });
});
