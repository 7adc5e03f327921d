import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaRecordProducer } from '../../src/adapters/kafka/kafka-record-producer';
import { KafkaTopicAdmin } from '../../src/adapters/kafka/kafka-topic-admin';
import type { PipelineView } from '../../src/api/pipeline-view';
import { partitionOf } from '../../src/core/partitioning/murmur2';
import { silentLog } from '../../src/core/ports/log.port';
import { RowListener } from '../support/row-listener';
import { ServiceProcess } from '../support/service';
import { testServers, uniqueName } from '../support/servers';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

const PARTITIONS = 8;
const [SIZE_MS, GRACE_MS, IDLE_AFTER_MS] = [1_000, 1_000, 2_000];
/** For looking, asking the broker, two checkpoints and the way to the listener: 0.3 s, on a machine with time to spare. */
const MARGIN_MS = 10_000;

/** For each partition a sensor whose records go there. */
const SENSORS = Array.from({ length: PARTITIONS }, (_, partition) => {
  for (let i = 0; ; i++) if (partitionOf(Buffer.from(`sensor-${i}`), PARTITIONS) === partition) return `sensor-${i}`;
});
const [BUSY, ...SILENT] = SENSORS as [string, ...string[]];

describe('partitions that fall silent', () => {
  const kafka = createKafka({ brokers: testServers().kafka, clientId: 'idleness' }, silentLog);
  const producer = new KafkaRecordProducer(kafka);
  const topics = new KafkaTopicAdmin(kafka);
  let name: string;
  let service: ServiceProcess;
  let listener: RowListener;
  /** Records produced, by `sensor@start of the window`. */
  let expected: Map<string, number>;

  beforeEach(async () => {
    expected = new Map();
    name = uniqueName('idle').replaceAll('_', '-');
    const folder = mkdtempSync(join(tmpdir(), 'millrace-idleness-'));
    writeFileSync(join(folder, 'idle.yaml'), definition(name));
    await topics.ensure([
      { topic: `${name}.in`, partitions: PARTITIONS, purpose: 'source' },
      { topic: `${name}.out`, partitions: 1, purpose: 'output' },
    ]);
    service = await ServiceProcess.start('idleness', { MILLRACE_PIPELINES: folder });
    listener = await RowListener.to(`${name}.out`, kafka);
    await service.ready();
  });
  afterEach(async () => {
    service.signal('SIGCONT');
    await Promise.all([service.stop(), listener.close()]);
  });
  afterAll(() => Promise.all([producer.close(), topics.close()]));

  type Send = (topic: string, records: readonly { key: string; value: string }[]) => Promise<unknown>;

  /** One record of each of these sensors, of this moment. */
  async function produce(
    sensors: readonly string[],
    send: Send = (topic, records) => producer.send(topic, records),
  ): Promise<void> {
    const at = Date.now();
    const records = sensors.map((sensor) => ({ key: sensor, value: JSON.stringify({ sensor, at }) }));
    await send(`${name}.in`, records);
    const startMs = Math.floor(at / SIZE_MS) * SIZE_MS;
    for (const sensor of sensors) {
      const row = `${sensor}@${startMs}`;
      expected.set(row, (expected.get(row) ?? 0) + 1);
    }
  }

  const view = (): Promise<PipelineView> => service.json<PipelineView>(`/v1/pipelines/${name}`);
  const produced = (): number => [...expected.values()].reduce((sum, count) => sum + count, 0);
  const isProcessed = async (): Promise<boolean> => {
    const { accepted, late } = (await view()).totals;
    return accepted + late === produced();
  };
  const heard = (): Map<string, number> =>
    new Map(
      listener.rows.map(({ key, window, values }) => [`${key['sensor']}@${Date.parse(window.start)}`, values['n']!]),
    );

  it('close their last windows soon after time allows it and not before, while another partition goes on', async () => {
    await produce(SENSORS);
    await waitUntil('the first records are processed', isProcessed);
    await produce(SENSORS);
    const silentRows = () => listener.rows.filter(({ key }) => key['sensor'] !== BUSY);
    const windows = [...expected.keys()].filter((row) => !row.startsWith(`${BUSY}@`)).length;
    await waitUntil('the silent partitions have closed their windows', async () => {
      await produce([BUSY]);
      return silentRows().length === windows;
    });

    // A machine that is slow enough lets the second record close the window of the first.
    const lastOf = new Map(silentRows().map((row) => [row.key['sensor'], row]));
    for (const { window, heardMs, final } of lastOf.values()) {
      const afterAllowedMs = heardMs - (Date.parse(window.end) + GRACE_MS + IDLE_AFTER_MS);
      expect({ final, isEarly: afterAllowedMs < 0, isTooLate: afterAllowedMs > MARGIN_MS, afterAllowedMs }).toEqual({
        ...{ final: true, isEarly: false, isTooLate: false },
        afterAllowedMs,
      });
    }
    const { closedRows, totals } = await view();
    expect(closedRows!['end-of-input']).toBe(0);
    expect(closedRows!.idle).toBeGreaterThanOrEqual(SILENT.length);
    expect(closedRows!.idle).toBeLessThanOrEqual(windows);
    expect(closedRows!.watermark).toBeGreaterThan(0);
    expect(totals.late).toBe(0);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toContain(`millrace_windows_closed_total{pipeline="${name}",reason="idle"} ${closedRows!.idle}`);
    expect(new Set(silentRows().map(({ key }) => key['sensor']))).toEqual(new Set(SILENT));
  });

  it('close their last windows although the log ends with the marker of a transaction', async () => {
    const writer = kafka.producer({ transactionalId: name, idempotent: true, maxInFlightRequests: 1 });
    await writer.connect();
    try {
      await produce(SENSORS, async (topic, records) => {
        const transaction = await writer.transaction();
        await transaction.send({ topic, messages: [...records] });
        await transaction.commit();
      });
    } finally {
      await writer.disconnect();
    }
    await waitUntil('all windows are closed', () => listener.rows.length === SENSORS.length);
    expect(heard()).toEqual(expected);
  });

  it('are not idle because the process stood still: nothing is late and no window closes early', async () => {
    await produce(SENSORS);
    await waitUntil('the first records are processed', isProcessed);
    service.signal('SIGSTOP');
    const stoppedMs = Date.now();
    await waitUntil('it stood still for longer than idleAfter', async () => {
      await produce(SENSORS);
      return Date.now() - stoppedMs > 2 * IDLE_AFTER_MS;
    });
    service.signal('SIGCONT');

    await waitUntil('all is processed', isProcessed);
    expect((await view()).totals).toEqual({ accepted: produced(), filtered: 0, late: 0, dead: 0 });
    await waitUntil('all windows are closed', () => listener.rows.length >= expected.size);
    expect(heard()).toEqual(expected);
    expect(listener.rows).toHaveLength(expected.size);
  });
});

function definition(name: string): string {
  return `
apiVersion: millrace/v1
kind: Pipeline
metadata: { name: ${name} }
spec:
  source:
    topic: ${name}.in
    partitions: ${PARTITIONS}
    format: json
    time: { field: at, idleAfter: ${IDLE_AFTER_MS}ms }
  key: [sensor]
  window: { kind: tumbling, size: ${SIZE_MS}ms, grace: ${GRACE_MS}ms }
  aggregate: { n: count() }
  emit: { on: close }
  sinks: [{ kafka: { topic: ${name}.out } }]
`;
}
