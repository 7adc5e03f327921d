import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Admin, Kafka, logLevel, Partitioners } from 'kafkajs';

import { testServers, uniqueName } from '../support/servers';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

const PARTITIONS = 4;
const KEYS = 200_000;
const ROUNDS = 2;
const BATCH = 5_000;
const CACHE_BYTES = 64 * 2 ** 20;
/** Beside its cache a task holds the delta in hand and the one that is being written: 5,000 changed rows each. */
const DELTA_BYTES = PARTITIONS * 2 * 5_000 * 500;
const DAY_MS = 86_400_000;
const FIRST_DAY_MS = Date.parse('2025-03-01T00:00:00Z');

interface PipelineAnswer {
  readonly tasks: readonly { readonly state: string; readonly stateKeys: number; readonly stateBytes: number }[];
  readonly totals: { readonly accepted: number };
}

interface FinalRow {
  readonly key: { readonly k: string };
  readonly values: { readonly n: number; readonly total: number; readonly least: number; readonly most: number };
}

/** Value `x` of a key in a round: all that the oracle needs to know. */
const valueOf = (key: number, round: number): number => ((key * 31 + round * 17) % 997) - 400;

describe('state that is larger than memory', () => {
  const name = uniqueName('large').replaceAll('_', '-');
  const [input, output] = [`${name}.in`, `${name}.out`];
  const kafka = new Kafka({ brokers: testServers().kafka, logLevel: logLevel.ERROR });
  const admin: Admin = kafka.admin();
  let service: ServiceProcess | undefined;

  beforeAll(async () => {
    await admin.connect();
    const configEntries = [{ name: 'retention.ms', value: '-1' }];
    const topics = [input, output].map((topic) => ({ topic, numPartitions: PARTITIONS, configEntries }));
    await admin.createTopics({ topics });
  });
  afterAll(async () => {
    await service?.stop();
    await admin.deleteTopics({ topics: [input, output] });
    await admin.disconnect();
  });

  function writePipeline(): string {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-pipelines-'));
    const spec = {
      source: { topic: input, format: 'json', time: { field: 't' } },
      key: ['k'],
      repartition: 'never',
      window: { kind: 'tumbling', size: '1d' },
      aggregate: { n: 'count()', total: 'sum(x)', mean: 'avg(x)', least: 'min(x)', most: 'max(x)' },
      emit: { on: 'close' },
      sinks: [{ kafka: { topic: output } }],
    };
    const definition = { apiVersion: 'millrace/v1', kind: 'Pipeline', metadata: { name }, spec };
    writeFileSync(join(folder, 'large.json'), JSON.stringify(definition));
    return folder;
  }

  /** Every key in each round, in an order that finds nothing where it was last; then what ends the day everywhere. */
  async function produce(): Promise<void> {
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    for (let i = 0; i < KEYS * ROUNDS; i += BATCH) {
      const messages = Array.from({ length: BATCH }, (_, j) => {
        const key = ((i + j) * 7919) % KEYS;
        const record = { k: `key-${key}`, t: FIRST_DAY_MS, x: valueOf(key, Math.floor((i + j) / KEYS)) };
        return { key: record.k, value: JSON.stringify(record) };
      });
      await producer.send({ topic: input, messages });
    }
    const value = JSON.stringify({ k: 'key-0', t: FIRST_DAY_MS + 2 * DAY_MS, x: 0 });
    const ends = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    // In the partition of its key a record counts; in another it is a dead letter, which does not end the day.
    await producer.send({ topic: input, messages: ends.map((partition) => endOfDay(partition, value)) });
    await producer.disconnect();
  }

  function endOfDay(partition: number, value: string) {
    const partitioner = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: PARTITIONS }, (_, partitionId) => ({
      ...{ partitionId, leader: 1, partitionErrorCode: 0, replicas: [], isr: [] },
    }));
    for (let i = 0; ; i++) {
      const key = `end-${i}`;
      if (partitioner({ topic: '', partitionMetadata, message: { key, value } }) !== partition) continue;
      return { key, value: value.replace('key-0', key) };
    }
  }

  /** Rows of the first day by key; resolves once there is one for each key. */
  async function finalRows(): Promise<Map<string, FinalRow['values']>> {
    const rows = new Map<string, FinalRow['values']>();
    const consumer = kafka.consumer({ groupId: `${name}-reader` });
    await consumer.connect();
    await consumer.subscribe({ topic: output, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const { value } of batch.messages) {
          const { key, values } = JSON.parse(String(value)) as FinalRow;
          rows.set(key.k, values);
        }
        return Promise.resolve();
      },
    });
    await waitUntil('a final row of each key', () => rows.size >= KEYS, 120_000);
    await consumer.disconnect();
    return rows;
  }

  it('gives the rows that it would give in memory, and stays within its bound', async () => {
    await produce();
    const env = { MILLRACE_PIPELINES: writePipeline(), MILLRACE_STATE_CACHE_BYTES: '64MiB' };
    service = await ServiceProcess.start('large-state', env);
    await service.ready();
    let [mostBytes, mostKeys] = [0, 0];
    await waitUntil(
      'all records are in',
      async () => {
        const { tasks, totals } = await service!.json<PipelineAnswer>(`/v1/pipelines/${name}`);
        const running = tasks.filter(({ state }) => state === 'running');
        const sum = (figure: 'stateBytes' | 'stateKeys'): number =>
          running.reduce((total, task) => total + task[figure], 0);
        mostBytes = Math.max(mostBytes, sum('stateBytes'));
        mostKeys = Math.max(mostKeys, sum('stateKeys'));
        return totals.accepted === KEYS * ROUNDS + PARTITIONS;
      },
      120_000,
    );
    const rows = await finalRows();
    const wrong = Array.from({ length: KEYS }, (_, key) => key).filter((key) => {
      const values = [valueOf(key, 0), valueOf(key, 1)];
      const { n, total, least, most } = rows.get(`key-${key}`)!;
      const isRight = n === ROUNDS && total === values[0]! + values[1]!;
      return !isRight || least !== Math.min(...values) || most !== Math.max(...values);
    });
    expect(wrong).toEqual([]);
    expect(mostKeys * 400).toBeGreaterThan(CACHE_BYTES);
    expect(mostBytes).toBeLessThan(CACHE_BYTES + DELTA_BYTES);
  });
});
