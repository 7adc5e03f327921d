import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaRecordProducer } from '../../src/adapters/kafka/kafka-record-producer';
import { KafkaTopicAdmin } from '../../src/adapters/kafka/kafka-topic-admin';
import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { silentLog } from '../../src/core/ports/log.port';
import { ServiceProcess } from '../support/service';
import { testServers, uniqueName } from '../support/servers';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

const ENTRIES = 5_000;
const NOON_MS = Date.UTC(2026, 0, 1, 12);

const definition = (name: string) => `
apiVersion: millrace/v1
kind: Pipeline
metadata: { name: ${name} }
spec:
  source: { topic: ${name}.readings, partitions: 1, format: json, time: { field: at } }
  lookup:
    - { table: topic, name: ${name}.sensors, on: sensor, as: now }
    - { table: topic, name: ${name}.sensors, on: sensor, as: then, pointInTime: true, history: 7d }
    - { table: redis, name: '${name}:sites', on: now.site, as: site, missing: dead-letter }
  key: [sensor]
  window: { kind: tumbling, size: 1h }
  aggregate: { limit: max(now.limit), limit_then: max(then.limit), site: last(site.name), n: count() }
  sinks: [{ live: {} }]
`;

interface Row {
  readonly key: { readonly sensor: string };
  readonly values: { readonly limit: number; readonly limit_then: number; readonly site: string; readonly n: number };
}

describe('a service whose pipeline looks records up', () => {
  const name = uniqueName('lookup').replaceAll('_', '-');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-lookup-'));
  const kafka = createKafka({ brokers: testServers().kafka, clientId: 'millrace-test' }, silentLog);
  const producer = new KafkaRecordProducer(kafka);
  const topics = new KafkaTopicAdmin(kafka);
  const redis = connectRedis({ url: testServers().redis });
  let service: ServiceProcess | undefined;

  beforeAll(async () => {
    writeFileSync(join(folder, 'lookup.yaml'), definition(name));
    await pingRedis(redis);
    await topics.ensure([
      { topic: `${name}.readings`, partitions: 1, purpose: 'source' },
      { topic: `${name}.sensors`, partitions: 2, purpose: 'source' },
    ]);
  });
  afterAll(async () => {
    await service?.stop();
    await redis.del(`${name}:sites`);
    redis.disconnect();
    await Promise.all([producer.close(), topics.close()]);
    rmSync(folder, { recursive: true });
  });

  const start = async (): Promise<ServiceProcess> =>
    (service = await ServiceProcess.start(name, { MILLRACE_PIPELINES: folder })).ready();
  const sensor = (i: number, limit: number, timestampMs: number) => ({
    ...{ key: `s${i}`, timestampMs },
    value: JSON.stringify({ limit, site: `site-${i % 3}` }),
  });
  const read = (sensorKey: string, atMs: number) =>
    producer.send(`${name}.readings`, [
      { key: sensorKey, value: JSON.stringify({ sensor: sensorKey, at: new Date(atMs).toISOString() }) },
    ]);
  const rows = async (): Promise<Record<string, Row['values']>> => {
    const { rows: found } = await service!.json<{ rows: Row[] }>(`/v1/pipelines/${name}/rows`);
    return Object.fromEntries(found.map(({ key, values }) => [key.sensor, values]));
  };
  const rowOf = (key: string, count: number) =>
    waitUntil(`the row of ${key} counts ${count}`, async () => {
      const row = (await rows())[key];
      return row?.n === count && row;
    });

  it('has read the whole topic before the first record, sees what changes, and finds the same after a restart', async () => {
    await redis.hset(`${name}:sites`, { 'site-0': '{"name":"north"}', 'site-1': '{"name":"south"}' });
    const hourAgoMs = NOON_MS - 3_600_000;
    const all = Array.from({ length: ENTRIES }, (_, i) => sensor(i, i, hourAgoMs));
    await producer.send(`${name}.sensors`, all);
    const last = ENTRIES - 2;
    await producer.send(`${name}.sensors`, [sensor(last, 7, NOON_MS + 60_000)]);
    await read(`s${last}`, NOON_MS);
    await start();
    const first = { limit: 7, limit_then: last, site: 'north', n: 1 };
    expect(await rowOf(`s${last}`, 1)).toEqual(first);

    await producer.send(`${name}.sensors`, [sensor(0, 9_999, NOON_MS)]);
    let count = 0;
    await waitUntil('a record sees the change', async () => {
      await read('s0', NOON_MS + 1_000);
      count += 1;
      return (await rowOf('s0', count)).limit === 9_999;
    });
    expect(await rowOf('s0', count)).toMatchObject({ limit: 9_999, limit_then: 9_999, site: 'north' });

    await service!.kill();
    await start();
    await read(`s${last}`, NOON_MS + 2_000);
    await read(`s${last - 2}`, NOON_MS + 2_000);
    expect(await rowOf(`s${last - 2}`, 1)).toEqual({ limit: last - 2, limit_then: last - 2, site: 'south', n: 1 });
    expect(await rowOf(`s${last}`, 2)).toEqual({ ...first, n: 2 });

    await read('s2', NOON_MS + 3_000);
    await waitUntil('the record without a site is a dead letter', async () => {
      const extents = await topics.extents(`${name}.readings.dead`);
      return extents.get(0)?.end === 1n;
    });
    expect(await rows()).not.toHaveProperty('s2');
  });
});
