import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { AirQualityCopy } from '../support/air-quality';
import { expectedDailyRows, READINGS_FILE } from '../support/readings';
import { CLI, ServiceProcess } from '../support/service';
import { testServers } from '../support/servers';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

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

/** The newest revision of each row in the output topic says what the table says. */
async function expectTopicAgrees(copy: AirQualityCopy): Promise<void> {
  const { rows, revisions } = await copy.table();
  const newest = new Map<string, { revision: bigint; values: Record<string, number> }>();
  for (const { value, headers } of await copy.topicRecords(copy.output)) {
    const row = JSON.parse(value) as {
      key: { location: string };
      window: { start: string };
      values: Record<string, number>;
      revision: string;
    };
    expect(headers['millrace-revision']).toBe(row.revision);
    const date = new Date(Date.parse(row.window.start) + 8 * 3_600_000).toISOString().slice(0, 10);
    const day = `${row.key.location}|${date}`;
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

describe('the shipped readings on real Kafka, Redis and Cassandra', () => {
  let copy: AirQualityCopy;
  const services: ServiceProcess[] = [];
  const start = async (name: string, args: readonly string[] = []): Promise<ServiceProcess> => {
    const service = await ServiceProcess.start(name, { MILLRACE_PIPELINES: copy.folder }, args);
    services.push(service);
    return service;
  };

  beforeEach(async () => {
    copy = new AirQualityCopy();
    await copy.createTable();
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await copy.close();
  });

  it('give the daily table that the file itself gives, and a topic that agrees with it', async () => {
    const service = await (await start('plain')).ready();
    await ingest(copy.file);
    await waitUntil('the pipeline has caught up', () => copy.hasCaughtUp(), 120_000);
    const { totals } = await service.json<PipelineAnswer>(`/v1/pipelines/${copy.name}`);
    expect(totals).toEqual({ accepted: 131_400 - 8_786, filtered: 8_786, late: 0, dead: 0 });
    expect(await service.stop()).toBe(0);
    await expectOracle(copy);
    await expectTopicAgrees(copy);
  });

  it('give the same table when the service dies three times on the way', async () => {
    await (await start('dies-0')).ready();
    const ingesting = ingest(copy.file, ['--rate', '15000']);
    for (const [death, afterAccepted] of [9_000, 40_000, 80_000].entries()) {
      const service = services.at(-1)!;
      await waitUntil(`${afterAccepted} records are accepted`, async () => {
        const answer = await service.json<PipelineAnswer>(`/v1/pipelines/${copy.name}`).catch(() => undefined);
        return answer !== undefined && answer.totals.accepted >= afterAccepted;
      });
      await service.kill();
      await start(`dies-${death + 1}`);
    }
    await ingesting;
    await waitUntil('the pipeline has caught up', () => copy.hasCaughtUp(), 180_000);
    await services.at(-1)!.stop();
    await expectOracle(copy);
    await expectTopicAgrees(copy);
  });

  it('give the same table when two replicas share the partitions and one of them is killed', async () => {
    const [survivor, victim] = await Promise.all([start('replica-a'), start('replica-b')]);
    await Promise.all([survivor.ready(), victim.ready()]);
    const ingesting = ingest(copy.file, ['--rate', '15000']);
    const owned = async (service: ServiceProcess): Promise<number> => {
      const metrics = await (await fetch(`${service.url}/metrics`)).text();
      return Number(/^millrace_tasks\{[^}]*state="running"[^}]*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
    };
    await waitUntil(
      'both replicas own tasks',
      async () => (await owned(survivor)) === 2 && (await owned(victim)) === 2,
    );
    await waitUntil('a part is processed', async () => {
      const { totals } = await survivor.json<PipelineAnswer>(`/v1/pipelines/${copy.name}`);
      return totals.accepted > 30_000;
    });
    await victim.kill();
    await ingesting;
    await waitUntil('the pipeline has caught up', () => copy.hasCaughtUp(), 180_000);
    await survivor.stop();
    await expectOracle(copy);
    await expectTopicAgrees(copy);
  });
});
