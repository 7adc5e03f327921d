import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, policies } from 'cassandra-driver';
import { Kafka, type KafkaMessage, logLevel, type Message } from 'kafkajs';

import { cqlStatements } from '../../src/adapters/cassandra/cql-statements';
import { endReplacedHosts } from '../../src/adapters/cassandra/replaced-hosts';
import type { DailyRow } from './readings';
import { type TestServers, testServers, uniqueName } from './servers';
import { waitUntil } from './wait-until';

const SHIPPED = join(__dirname, '..', '..', 'pipelines', 'air-quality-daily.yaml');
const CQL = ['0001-aqdata-pm25.cql', '0010-aqdata-pm25-day.cql'].map((name) =>
  join(__dirname, '..', '..', 'cql', name),
);

export interface TopicRecord {
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: string;
  /** The value as it is stored. */
  readonly bytes: Buffer | null;
  readonly headers: Record<string, string>;
}

/** The shipped pipeline under names of its own, so that tests do not meet on the servers. */
export class AirQualityCopy {
  readonly name = uniqueName('aq').replaceAll('_', '-');
  readonly keyspace = uniqueName('aqdata');
  readonly topic = `${this.name}.readings`;
  readonly output = `${this.name}.daily`;
  /** A folder with the one definition, for MILLRACE_PIPELINES. */
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-pipelines-'));
  readonly file = join(this.folder, 'air-quality.yaml');
  private readonly cassandra: Client;
  private readonly kafka: Kafka;

  constructor(
    edit: (yaml: string) => string = (yaml) => yaml,
    servers: Pick<TestServers, 'kafka' | 'cassandra'> = testServers(),
  ) {
    this.kafka = new Kafka({ brokers: servers.kafka, logLevel: logLevel.ERROR });
    const yaml = readFileSync(SHIPPED, 'utf8')
      .replace('name: air-quality-daily', `name: ${this.name}`)
      .replace('air-quality.readings', this.topic)
      .replace('air-quality.daily', this.output)
      .replace('aqdata.pm25', `${this.keyspace}.pm25`);
    writeFileSync(this.file, edit(yaml));
    const { host, port } = servers.cassandra;
    this.cassandra = new Client({
      ...{ contactPoints: [`${host}:${port}`], localDataCenter: 'datacenter1' },
      // The driver's own default waits up to ten minutes before it looks again at a host that was down.
      policies: { reconnection: new policies.reconnection.ConstantReconnectionPolicy(500) },
    });
    endReplacedHosts(this.cassandra);
  }

  async createTable(): Promise<void> {
    const text = CQL.map((file) => readFileSync(file, 'utf8'))
      .join('\n')
      .replaceAll('aqdata', this.keyspace)
      .replaceAll('${replication}', "{ 'class': 'SimpleStrategy', 'replication_factor': 1 }");
    for (const statement of cqlStatements(text)) await this.cassandra.execute(statement);
  }

  /** Runs a statement in which `<keyspace>` stands for the copy's own. */
  async cql(statement: string): Promise<void> {
    await this.cassandra.execute(statement.replace('<keyspace>', this.keyspace));
  }

  /** The table as it is, by `location|date`, and the revision of each row. */
  async table(): Promise<{ rows: Map<string, DailyRow>; revisions: Map<string, string> }> {
    const rows = new Map<string, DailyRow>();
    const revisions = new Map<string, string>();
    const query = `SELECT location, date, avg_pm25, max_pm25, min_pm25, readings, WRITETIME(avg_pm25) AS revision FROM ${this.keyspace}.pm25`;
    const { rows: stored } = await this.cassandra.execute(query, [], { prepare: true, fetchSize: 20_000 });
    for (const row of stored as unknown as Record<string, { toString(): string }>[]) {
      const day = `${row['location']!.toString()}|${row['date']!.toString()}`;
      rows.set(day, {
        avg_pm25: Number(row['avg_pm25']),
        max_pm25: Number(row['max_pm25']),
        min_pm25: Number(row['min_pm25']),
        readings: Number(row['readings']),
      });
      revisions.set(day, row['revision']!.toString());
    }
    return { rows, revisions };
  }

  /** Everything in a topic, to its end as it is now. */
  async topicRecords(topic: string): Promise<TopicRecord[]> {
    const admin = this.kafka.admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(topic);
    await admin.disconnect();
    const left = new Map(
      offsets
        .filter(({ low, high }) => BigInt(high) > BigInt(low))
        .map(({ partition, high }) => [partition, BigInt(high)]),
    );
    const records: TopicRecord[] = [];
    if (left.size === 0) return records;
    const consumer = this.kafka.consumer({ groupId: uniqueName('reader') });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        consumer
          .run({
            eachMessage: ({ partition, message }) => {
              records.push(toTopicRecord(partition, message));
              if (BigInt(message.offset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
              if (left.size === 0) resolve();
              return Promise.resolve();
            },
          })
          .catch(reject);
      });
    } finally {
      await consumer.disconnect();
    }
    return records;
  }

  /** Whether the pipeline's group has reached the end of its topic. */
  async hasCaughtUp(): Promise<boolean> {
    const partitions = await this.progress();
    return partitions.every(({ end, reached }) => end === '0' || reached === end);
  }

  /** Resolves once Kafka's mirror knows of every partition that has records. */
  async isMirrored(): Promise<void> {
    await waitUntil('every partition with records is mirrored', async () => {
      const partitions = await this.progress();
      return partitions.every(({ end, reached = '0' }) => end === '0' || Number(reached) > 0);
    });
  }

  async produce(messages: readonly Pick<Message, 'key' | 'value' | 'headers'>[]): Promise<void> {
    const producer = this.kafka.producer();
    await producer.connect();
    await producer.send({ topic: this.topic, messages: [...messages] });
    await producer.disconnect();
  }

  /** Of each partition: its end, and what the group has committed. */
  private async progress(): Promise<{ end: string; reached: string | undefined }[]> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const ends = await admin.fetchTopicOffsets(this.topic);
      const [group] = await admin.fetchOffsets({ groupId: this.name, topics: [this.topic] });
      const reached = new Map((group?.partitions ?? []).map(({ partition, offset }) => [partition, offset]));
      return ends.map(({ partition, high }) => ({ end: high, reached: reached.get(partition) }));
    } finally {
      await admin.disconnect();
    }
  }

  async close(): Promise<void> {
    await this.cassandra.shutdown();
  }
}

function toTopicRecord(partition: number, { offset, key, value, headers = {} }: KafkaMessage): TopicRecord {
  return {
    partition,
    offset,
    key: String(key),
    value: String(value),
    bytes: value,
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
  };
}
