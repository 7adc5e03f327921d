import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

import fc from 'fast-check';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';

import { AirQualityCopy } from '../support/air-quality';
import { expectedDailyRows, readingLines } from '../support/readings';
import { testServers } from '../support/servers';
import { CLI, ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(300_000);

const run = promisify(execFile);
/** Accepted readings: the file has 131,400, and 8,786 of them have no value. */
const ACCEPTED = 131_400 - 8_786;
const FILTERED = 8_786;
const PARTITIONS = 4;
const BATCH = 1_000;
const RECORDS_PER_SECOND = 15_000;

interface PipelineAnswer {
  readonly state: string;
  readonly totals: { readonly accepted: number };
  readonly tasks: readonly { readonly state: string }[];
  readonly repartition?: { readonly topic: string; readonly tasks: readonly { readonly state: string }[] };
}

/** Readings as they come, without a message key, or keyed by the hour. */
function messages(keyOf: (time: string) => string | null): { key: string | null; value: string }[] {
  return readingLines().map((line) => {
    const [observed_at = '', location = '', pm25 = ''] = line.split(',');
    return {
      key: keyOf(observed_at),
      value: JSON.stringify({ observed_at, location, pm25: pm25 === '' ? null : Number(pm25) }),
    };
  });
}

/** After how many accepted readings the service dies; MILLRACE_TEST_SEED gives the moments of an earlier run again. */
function momentsOfDeath(): number[] {
  const seed = Number(process.env['MILLRACE_TEST_SEED'] ?? randomInt(2 ** 31));
  const moments = fc
    .sample(fc.noBias(fc.integer({ min: 1, max: 110_000 })), { seed, numRuns: 3 })
    .sort((a, b) => a - b);
  process.stderr.write(`MILLRACE_TEST_SEED=${seed}: the service dies after ${moments.join(', ')} readings\n`);
  return moments;
}

describe('a topic that is not keyed as the pipeline groups, on real servers', () => {
  const kafka = new Kafka({ brokers: testServers().kafka, logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  const services: ServiceProcess[] = [];
  let copy: AirQualityCopy;

  beforeAll(() => admin.connect());
  afterAll(() => admin.disconnect());
  beforeEach(async () => {
    copy = new AirQualityCopy();
    await copy.createTable();
    await admin.createTopics({
      topics: [
        { topic: copy.topic, numPartitions: PARTITIONS, configEntries: [{ name: 'retention.ms', value: '-1' }] },
      ],
    });
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await copy.close();
  });

  const start = async (name: string): Promise<ServiceProcess> => {
    const service = await ServiceProcess.start(name, { MILLRACE_PIPELINES: copy.folder });
    services.push(service);
    return service;
  };
  /** `undefined` while the service cannot be asked. */
  const ask = (service: ServiceProcess): Promise<PipelineAnswer | undefined> =>
    service.json<PipelineAnswer>(`/v1/pipelines/${copy.name}`).catch(() => undefined);

  /** At a steady rate, so that deaths fall among the records. */
  async function produce(
    records: readonly { key: string | null; value: string }[],
    perSecond = Infinity,
  ): Promise<void> {
    const producer = kafka.producer();
    await producer.connect();
    const beganMs = performance.now();
    for (let i = 0; i < records.length; i += BATCH) {
      const dueMs = beganMs + (i * 1000) / perSecond;
      await waitUntil('the next batch is due', () => performance.now() >= dueMs);
      await producer.send({ topic: copy.topic, messages: records.slice(i, i + BATCH) });
    }
    await producer.disconnect();
  }

  async function expectEverything(service: ServiceProcess): Promise<void> {
    await waitUntil(
      'every reading is accepted, and the service owns every task',
      async () => {
        const answer = await ask(service);
        if (!answer || answer.totals.accepted < ACCEPTED) return false;
        // Rows that an owner before has committed and not emitted yet are for whoever owns the tasks now.
        return [...answer.tasks, ...(answer.repartition?.tasks ?? [])].every(({ state }) => state === 'running');
      },
      120_000,
    ).catch(() => undefined);
    expect(await ask(service)).toMatchObject({
      state: 'running',
      totals: { accepted: ACCEPTED, filtered: FILTERED, late: 0, dead: 0 },
    });
    await service.stop();
    const expected = expectedDailyRows();
    const { rows } = await copy.table();
    expect(rows.size).toBe(expected.size);
    for (const [day, row] of expected) {
      expect({ day, ...rows.get(day) }).toEqual({ day, ...row, avg_pm25: expect.closeTo(row.avg_pm25, 9) });
    }
  }

  const internalTopics = async (): Promise<string[]> =>
    (await admin.listTopics()).filter((topic) => topic.startsWith(copy.name) && topic.endsWith('.repartition'));

  const internalRecords = async (): Promise<number> => {
    const [topic] = await internalTopics();
    const ends = await admin.fetchTopicOffsets(topic!);
    return ends.reduce((sum, { high }) => sum + Number(high), 0);
  };

  it.each([
    // What is there at the first deployment tells that the topic is not keyed.
    ['records', '  repartition: auto', 10_000, [ACCEPTED, Infinity]],
    [
      'partial aggregates of what was empty',
      '  repartition: { when: always, preAggregate: true }',
      0,
      [0, ACCEPTED / 2],
    ],
  ])('gives the table of the file though the service dies three times while it shuffles %s', async (...the) => {
    const [, way, early, bounds] = the;
    writeFileSync(copy.file, readFileSync(copy.file, 'utf8').replace('  window:', `${way}\n  window:`));
    const records = messages(() => null);
    await produce(records.slice(0, early));
    await (await start('shuffle-0')).ready();
    const producing = produce(records.slice(early), RECORDS_PER_SECOND);
    for (const [death, moment] of momentsOfDeath().entries()) {
      const service = services.at(-1)!;
      await waitUntil(
        `${moment} readings are accepted`,
        async () => ((await ask(service))?.totals.accepted ?? 0) >= moment,
        120_000,
      );
      await service.kill();
      await start(`shuffle-${death + 1}`);
    }
    await producing;
    await expectEverything(services.at(-1)!);
    const [least, most] = bounds;
    const carried = await internalRecords();
    expect(carried).toBeGreaterThanOrEqual(least!);
    expect(carried).toBeLessThanOrEqual(most!);
    process.stderr.write(`the internal topic carried ${carried} records of ${ACCEPTED}\n`);
  });

  it('has a bounded internal topic, which a reset replaces by that of the new generation', async () => {
    await produce(messages((time) => time));
    const service = await (await start('shuffle-plain')).ready();
    await waitUntil(
      'the pipeline tells its internal topic',
      async () => (await ask(service))?.repartition !== undefined,
    );
    const topic = (await ask(service))!.repartition!.topic;
    expect(await internalTopics()).toEqual([topic]);
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
    });
    const settings = new Map(
      resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]),
    );
    const named = ['cleanup.policy', 'retention.ms', 'segment.ms', 'message.timestamp.type'];
    expect(named.map((name) => settings.get(name))).toEqual(['delete', '604800000', '21600000', 'LogAppendTime']);
    expect(await service.json(`/v1/pipelines/${copy.name}/topology`)).toMatchObject({
      nodes: expect.arrayContaining([{ id: 'repartition', kind: 'topic', label: topic }]),
    });
    await expectEverything(service);

    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      MILLRACE_KAFKA_BROKERS: testServers().kafka.join(','),
      MILLRACE_REDIS_URL: testServers().redis,
      MILLRACE_PIPELINES: copy.folder,
    };
    await run(process.execPath, [CLI, 'reset', copy.name, '--to', 'earliest'], { env });
    await waitUntil('the topic of the old generation is gone', async () => (await internalTopics()).length === 0);
    const again = await (await start('shuffle-again')).ready();
    await waitUntil('the new generation has its topic', async () => (await internalTopics()).length === 1);
    expect(await internalTopics()).not.toEqual([topic]);
    await expectEverything(again);
  });
});
