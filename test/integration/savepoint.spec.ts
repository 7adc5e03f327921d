import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';

import { AirQualityCopy } from '../support/air-quality';
import { CommandProcess } from '../support/command-process';
import { type DailyRow, expectedDailyRows, readingLines } from '../support/readings';
import { RedisProcess } from '../support/redis-process';
import { rowsBecome } from '../support/rows-become';
import { testServers } from '../support/servers';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

/** Of the file's readings, from its beginning; in three parts. */
const READINGS = 24_000;
const PART = READINGS / 3;
const BATCH = 1_000;

/** Averages to nine digits: the order of additions differs. */
function rounded(rows: ReadonlyMap<string, DailyRow>): Map<string, DailyRow> {
  return new Map([...rows].map(([day, row]) => [day, { ...row, avg_pm25: Number(row.avg_pm25.toFixed(9)) }] as const));
}

describe('the state of a pipeline, on real servers', () => {
  const kafka = new Kafka({ brokers: testServers().kafka, logLevel: logLevel.ERROR });
  const producer = kafka.producer();
  const folder = mkdtempSync(join(tmpdir(), 'millrace-savepoint-'));
  const lines = readingLines().slice(0, READINGS);
  let copy: AirQualityCopy;
  let service: ServiceProcess | undefined;
  let first: RedisProcess;
  let second: RedisProcess;

  beforeAll(() => producer.connect());
  afterAll(async () => {
    await producer.disconnect();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    copy = new AirQualityCopy();
    await copy.createTable();
    [first, second] = [await RedisProcess.reserve(), await RedisProcess.reserve()];
    for (const redis of [first, second]) {
      redis.start();
      await redis.command('PING');
    }
    const admin = kafka.admin();
    await admin.connect();
    const configEntries = [{ name: 'retention.ms', value: '-1' }];
    await admin.createTopics({
      topics: [{ topic: copy.topic, numPartitions: 4, configEntries }],
      waitForLeaders: true,
    });
    await admin.disconnect();
  });
  afterEach(async () => {
    await service?.stop();
    await Promise.all([first.remove(), second.remove(), copy.close()]);
  });

  const start = async (redis: RedisProcess): Promise<void> => {
    const env = { MILLRACE_PIPELINES: copy.folder, MILLRACE_REDIS_URL: redis.url };
    service = await ServiceProcess.start('savepoint', env);
    await service.ready();
  };
  const savepoint = (redis: RedisProcess, ...args: readonly string[]): CommandProcess =>
    new CommandProcess(['savepoint', ...args], { MILLRACE_PIPELINES: copy.folder, MILLRACE_REDIS_URL: redis.url });

  async function produce(from: number, to: number, isKeyed: boolean): Promise<void> {
    const messages = lines.slice(from, to).map((line) => {
      const [observed_at = '', location = '', pm25 = ''] = line.split(',');
      const value = JSON.stringify({ observed_at, location, pm25: pm25 === '' ? null : Number(pm25) });
      return { key: isKeyed ? location : null, value };
    });
    for (let i = 0; i < messages.length; i += BATCH) {
      await producer.send({ topic: copy.topic, messages: messages.slice(i, i + BATCH) });
    }
  }

  const accepted = async (): Promise<number> =>
    (await service!.json<{ totals: { accepted: number } }>(`/v1/pipelines/${copy.name}`)).totals.accepted;
  const countOf = (some: readonly string[]): number => some.filter((line) => line.split(',')[2] !== '').length;

  it.each([
    ['is keyed as it groups', true],
    ['has to be repartitioned', false],
  ])(
    'saved while it runs goes on in another Redis as if nothing had happened, where the topic %s',
    async (how, isKeyed) => {
      const file = join(folder, `${isKeyed}.savepoint`);
      await produce(0, PART, isKeyed);
      await start(first);
      await waitUntil('it has rows', async () => (await copy.table()).rows.size > 0);
      const producing = produce(PART, 2 * PART, isKeyed);
      const saved = await savepoint(first, 'save', copy.name, '--to', file).done();
      expect(saved).toContain(`saved to ${file}`);
      await producing;
      const all = countOf(lines.slice(0, 2 * PART));
      await waitUntil('two parts are counted', async () => (await accepted()) === all, 60_000);

      const running = savepoint(second, 'load', copy.name, '--from', file);
      expect(await running.ended).toBe(2);
      expect(running.err).toContain('stop it everywhere, then load its savepoint');
      await service!.stop();
      const before = (await copy.table()).revisions;
      await first.kill();
      expect(await savepoint(second, 'load', copy.name, '--from', file).done()).toContain('is in force');

      await start(second);
      await produce(2 * PART, READINGS, isKeyed);
      await rowsBecome(rounded(expectedDailyRows(lines)), async () => rounded((await copy.table()).rows));
      expect(await accepted()).toBe(countOf(lines));
      const { revisions } = await copy.table();
      const backwards = [...before].filter(([day, revision]) => BigInt(revisions.get(day)!) < BigInt(revision));
      expect(backwards).toEqual([]);
    },
  );
});
