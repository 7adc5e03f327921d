import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'cassandra-driver';
import { Kafka, logLevel, type Message } from 'kafkajs';

import { cqlStatements } from '../../src/adapters/cassandra/cql-statements';
import { testServers, uniqueName } from './servers';

const ROOT = join(__dirname, '..', '..');
const REPLICATION = "{ 'class': 'SimpleStrategy', 'replication_factor': 1 }";

export interface SystemOptions {
  /** Names of shipped pipelines. */
  readonly pipelines: readonly string[];
  /** Topics that they read and write. */
  readonly topics: readonly string[];
  readonly keyspace: string;
  /** Changes each definition, after everything in it has names of its own. */
  readonly edit?: (yaml: string) => string;
}

/** Shipped pipelines with their topics and tables, under names of their own, so that tests do not meet on the servers. */
export class SystemCopy {
  readonly keyspace: string;
  /** A folder with the definitions, for MILLRACE_PIPELINES. */
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-system-'));
  private readonly suffix: string;
  private readonly kafka: Kafka;
  private readonly cassandra: Client;

  constructor(private readonly options: SystemOptions) {
    const { kafka, cassandra } = testServers();
    this.keyspace = uniqueName(options.keyspace);
    this.suffix = this.keyspace.slice(options.keyspace.length + 1);
    this.kafka = new Kafka({ brokers: kafka, logLevel: logLevel.ERROR });
    this.cassandra = new Client({
      contactPoints: [`${cassandra.host}:${cassandra.port}`],
      localDataCenter: 'datacenter1',
    });
    for (const name of options.pipelines) writeFileSync(join(this.folder, `${name}.yaml`), this.definition(name));
  }

  /** The name of a pipeline or a topic in this copy. */
  nameOf(shipped: string): string {
    return `${shipped}-${this.suffix}`;
  }

  /** All that the migrations make in the keyspace. */
  async createTables(): Promise<void> {
    const folder = join(ROOT, 'cql');
    const texts = readdirSync(folder)
      .filter((name) => name.endsWith('.cql'))
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .flatMap((text) => cqlStatements(text.replaceAll('${replication}', REPLICATION)));
    const inKeyspace = new RegExp(`\\b${this.options.keyspace}(?=[.\\s])`);
    for (const text of texts) {
      if (inKeyspace.test(text)) await this.cassandra.execute(text.replace(inKeyspace, this.keyspace));
    }
  }

  /** Creates a topic before a pipeline does: what is in it when the service starts can never seem to come after a silence. */
  async createTopic(topic: string, numPartitions: number): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: this.nameOf(topic), numPartitions }], waitForLeaders: true });
    await admin.disconnect();
  }

  /** Appends JSON records to a topic, in order, placed by their keys as every Kafka client does. */
  async produce(topic: string, records: readonly { readonly key: string; readonly value: unknown }[]): Promise<void> {
    const producer = this.kafka.producer();
    await producer.connect();
    const messages = records.map(({ key, value }): Message => ({ key, value: JSON.stringify(value) }));
    for (let from = 0; from < messages.length; from += 5_000) {
      await producer.send({ topic: this.nameOf(topic), messages: messages.slice(from, from + 5_000) });
    }
    await producer.disconnect();
  }

  /** All rows of a table: times as ISO 8601 text, other columns as numbers, text and null. */
  async rows(columns: readonly string[], table: string): Promise<Record<string, string | number | null>[]> {
    const query = `SELECT ${columns.join(', ')} FROM ${this.keyspace}.${table}`;
    const { rows } = await this.cassandra.execute(query, [], { prepare: true, fetchSize: 50_000 });
    return rows.map((row) => Object.fromEntries(columns.map((column) => [column, plain(row[column])])));
  }

  async close(): Promise<void> {
    try {
      await this.cassandra.execute(`DROP KEYSPACE IF EXISTS ${this.keyspace}`, [], { readTimeout: 30_000 });
    } finally {
      await this.cassandra.shutdown();
    }
  }

  private definition(name: string): string {
    const { topics, keyspace, edit = (yaml) => yaml } = this.options;
    const shipped = readFileSync(join(ROOT, 'pipelines', `${name}.yaml`), 'utf8');
    const renamed = topics.reduce(
      (yaml, topic) =>
        yaml
          .replaceAll(`topic: ${topic}`, `topic: ${this.nameOf(topic)}`)
          // Of a lookup.
          .replaceAll(`name: ${topic}`, `name: ${this.nameOf(topic)}`),
      shipped.replace(`name: ${name}`, `name: ${this.nameOf(name)}`),
    );
    return edit(renamed.replaceAll(`table: ${keyspace}.`, `table: ${this.keyspace}.`));
  }
}

/** 64-bit numbers come as objects of the driver, dates too. */
function plain(stored: unknown): string | number | null {
  if (stored === null || stored === undefined) return null;
  if (typeof stored === 'number' || typeof stored === 'string') return stored;
  if (stored instanceof Date) return stored.toISOString();
  const text = (stored as { toString(): string }).toString();
  return /^-?\d+$/.test(text) ? Number(text) : text;
}
