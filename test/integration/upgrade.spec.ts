import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';

import { AirQualityCopy } from '../support/air-quality';
import { CommandProcess } from '../support/command-process';
import { type DailyRow, expectedDailyRows, readingLines } from '../support/readings';
import { testServers } from '../support/servers';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(300_000);

/** Accepted readings: the file has 131,400, and 8,786 of them have no value. */
const ACCEPTED = 131_400 - 8_786;
const PARTITIONS = 4;
const BATCH = 1_000;
/** Of the readings, how many are there before the rebuild; the others come while it runs. */
const BEFORE = 80_000;
const RECORDS_PER_SECOND = 4_000;

interface PipelineAnswer {
  readonly state: string;
  readonly reason?: string;
  readonly totals: { readonly accepted: number };
  readonly repartition?: { readonly topic: string };
}

interface Planned {
  readonly verdict: string;
  readonly unfinishedRebuild: boolean;
  readonly changes: readonly { readonly part: string; readonly needsRebuild: boolean }[];
}

interface Message {
  readonly key: string | null;
  readonly value: string;
}

function messages(isKeyed: boolean): Message[] {
  return readingLines().map((line) => {
    const [observed_at = '', location = '', pm25 = ''] = line.split(',');
    const value = JSON.stringify({ observed_at, location, pm25: pm25 === '' ? null : Number(pm25) });
    return { key: isKeyed ? location : null, value };
  });
}

/** Twice of what version 1 computes; the number of readings is the same. */
function expectedOfVersion2(): Map<string, DailyRow> {
  const twice = ({ avg_pm25, max_pm25, min_pm25, readings }: DailyRow): DailyRow => {
    return { avg_pm25: 2 * avg_pm25, max_pm25: 2 * max_pm25, min_pm25: 2 * min_pm25, readings };
  };
  return new Map([...expectedDailyRows()].map(([day, row]) => [day, twice(row)]));
}

/** It looks at its state again only when it has something to write. */
const FENCED_MS = 120_000;
const FENCED_POLL_MS = 500;

describe('a definition that gives its state another meaning, on real servers', () => {
  const kafka = new Kafka({ brokers: testServers().kafka, logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  const services: ServiceProcess[] = [];
  const commands: CommandProcess[] = [];
  let copy: AirQualityCopy;
  let folderOfVersion2: string;
  let fileOfVersion2: string;

  beforeAll(() => admin.connect());
  afterAll(() => admin.disconnect());
  beforeEach(async () => {
    copy = new AirQualityCopy();
    await copy.createTable();
    folderOfVersion2 = mkdtempSync(join(tmpdir(), 'millrace-pipelines-'));
    fileOfVersion2 = join(folderOfVersion2, 'air-quality.yaml');
    const version2 = readFileSync(copy.file, 'utf8')
      .replace('  derive:\n', "  derive:\n    twice: 'pm25 * 2'\n")
      .replaceAll(/(avg|max|min)\(pm25\)/g, '$1(twice)');
    writeFileSync(fileOfVersion2, version2);
    await admin.createTopics({
      topics: [
        { topic: copy.topic, numPartitions: PARTITIONS, configEntries: [{ name: 'retention.ms', value: '-1' }] },
      ],
    });
  });
  afterEach(async () => {
    await Promise.all(commands.splice(0).map((command) => command.kill()));
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await copy.close();
  });

  const start = async (name: string, folder: string): Promise<ServiceProcess> => {
    const service = await ServiceProcess.start(name, { MILLRACE_PIPELINES: folder });
    services.push(service);
    return service.ready();
  };
  const command = (...args: readonly string[]): CommandProcess => {
    const started = new CommandProcess(args);
    commands.push(started);
    return started;
  };
  const rebuild = (): CommandProcess => command('rebuild', copy.name, '--file', fileOfVersion2);
  const ask = (service: ServiceProcess): Promise<PipelineAnswer> => service.json(`/v1/pipelines/${copy.name}`);
  const acceptedAll = (service: ServiceProcess): Promise<boolean> =>
    waitUntil('every reading is accepted', async () => (await ask(service)).totals.accepted === ACCEPTED, 120_000);

  async function plan(file: string): Promise<{ exitCode: number | null; planned: Planned }> {
    const planning = command('plan', file, '--json', '--detailed-exit-code');
    const exitCode = await planning.ended;
    return { exitCode, planned: (JSON.parse(planning.out) as Planned[])[0]! };
  }

  /** At a steady rate from the first one that is due. */
  async function produce(records: readonly Message[], perSecond = Infinity): Promise<void> {
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

  /** Whether the table has rows of a generation that began after a moment; revisions begin with microseconds. */
  async function hasRowsSince(epochMs: number): Promise<boolean> {
    const { revisions } = await copy.table();
    return [...revisions.values()].some((revision) => BigInt(revision) > BigInt(epochMs) * 1000n);
  }

  async function expectTableOfVersion2(): Promise<void> {
    const expected = expectedOfVersion2();
    const { rows } = await copy.table();
    expect(rows.size).toBe(expected.size);
    for (const [day, row] of expected) {
      expect({ day, ...rows.get(day) }).toEqual({ day, ...row, avg_pm25: expect.closeTo(row.avg_pm25, 9) });
    }
  }

  it.each([
    ['is keyed as it groups', true],
    ['has to be repartitioned', false],
  ])('is put in force beside the old version, while records come, where the topic %s', async (_how, isKeyed) => {
    const records = messages(isKeyed);
    await produce(records.slice(0, BEFORE));
    const old = await start('upgrade-old', copy.folder);
    await waitUntil('the old version has rows', async () => (await copy.table()).rows.size > 3_000);
    expect((await ask(old)).repartition !== undefined).toBe(!isKeyed);
    const { exitCode, planned } = await plan(fileOfVersion2);
    expect(exitCode).toBe(4);
    expect(planned).toMatchObject({ verdict: 'rebuild', unfinishedRebuild: false });
    expect(planned.changes.filter(({ needsRebuild }) => needsRebuild).map(({ part }) => part)).toEqual(
      expect.arrayContaining(['derive.twice', 'aggregate.avg_pm25', 'aggregate.max_pm25', 'aggregate.min_pm25']),
    );

    // Half way: it has written rows, and dies.
    const producing = produce(records.slice(BEFORE), RECORDS_PER_SECOND);
    const beganMs = Date.now();
    expect(await hasRowsSince(beganMs)).toBe(false);
    const broken = rebuild();
    await waitUntil('the rebuild has written rows', () => hasRowsSince(beganMs));
    await broken.kill();
    expect((await plan(fileOfVersion2)).planned).toMatchObject({ verdict: 'rebuild', unfinishedRebuild: true });
    expect((await plan(copy.file)).planned.verdict).toBe('unchanged');
    expect(await ask(old)).toMatchObject({ state: 'running' });

    const again = rebuild();
    expect({ exitCode: await again.ended, err: again.err }).toMatchObject({ exitCode: 0 });
    expect(again.out).toContain('is in force');
    expect((await plan(fileOfVersion2)).planned).toMatchObject({ verdict: 'unchanged', unfinishedRebuild: false });
    await producing;
    const notCounted = records.filter(({ value }) => value.includes('"pm25":null')).slice(0, PARTITIONS);
    const isFenced = async (): Promise<boolean> => {
      await produce(notCounted);
      return (await ask(old)).state === 'failed';
    };
    await waitUntil('the old version is fenced', isFenced, FENCED_MS, FENCED_POLL_MS);
    expect((await ask(old)).reason).toContain('millrace rebuild');
    expect(await old.stop()).toBe(0);

    const next = await start('upgrade-new', folderOfVersion2);
    await acceptedAll(next);
    await next.stop();
    await expectTableOfVersion2();
  });
});
