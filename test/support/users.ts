import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'cassandra-driver';

import { cqlStatements } from '../../src/adapters/cassandra/cql-statements';
import { testServers, uniqueName } from './servers';

const ROOT = join(__dirname, '..', '..');
const PIPELINES = ['users-created', 'users-by-country', 'users-by-age', 'users-by-gender'];
const HOUR_MS = 3_600_000;

export interface User {
  readonly [field: string]: string | number | null;
  readonly id: string;
  readonly first_name: string;
  readonly country: string;
  readonly gender: string;
  readonly age: number;
  /** ISO 8601. */
  readonly at: string;
}

/** Names that break what takes a character for a byte, or for two. */
const NAMES = ['Ada', 'José 🚀', 'آوا حسینی', '𠮷田 太郎', 'अनन्या', "O'Brien", 'e\u0301', '👩‍👩‍👧‍👦'];
const COUNTRIES = ['Japan', 'Côte d’Ivoire', 'ایران', 'Norway'];

/** User `i`, who signs up `i` times 20 s after the start. */
export function userOf(i: number, more: Readonly<Record<string, string | number | null>> = {}): User {
  const hex = i.toString(16).padStart(12, '0');
  return {
    id: `0b7c3f6e-5a1d-4c0e-9d54-${hex}`,
    ...{ first_name: NAMES[i % NAMES.length]!, last_name: `Family ${i}`, gender: i % 3 === 0 ? 'male' : 'female' },
    ...{ address: `${i} Main Street`, post_code: String(10_000 + i), country: COUNTRIES[i % COUNTRIES.length]! },
    ...{ age: 15 + (i % 60), dob: '1980-02-29T00:00:00.000Z', email: `user${i}@example.com`, username: `user${i}` },
    ...{ registered_date: '2015-05-01T12:00:00.000Z', phone: `555-${i}`, picture: `https://example.com/${i}.jpg` },
    at: new Date(Date.UTC(2024, 4, 1, 10) + i * 20_000).toISOString(),
    ...more,
  };
}

/** `users` by `group|hour`, computed without anything of the project. */
export function countsBy(records: readonly User[], groupOf: (user: User) => string): Record<string, string> {
  const groups = Map.groupBy(records, (user) => {
    const hour = new Date(Math.floor(Date.parse(user.at) / HOUR_MS) * HOUR_MS).toISOString();
    return `${groupOf(user)}|${hour}`;
  });
  const entries = [...groups].map(([group, members]) => {
    return [group, `${new Set(members.map(({ id }) => id)).size} of ${members.length}`] as const;
  });
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

export function ageBand(age: number): string {
  if (age < 18) return 'under 18';
  const band = [25, 35, 45, 55, 65].find((end) => age < end);
  if (band === undefined) return '65 and over';
  return band === 25 ? '18-24' : `${band - 10}-${band - 1}`;
}

/** The shipped pipelines of users under names of their own, so that tests do not meet on the servers. */
export class UsersCopy {
  readonly name = uniqueName('users').replaceAll('_', '-');
  readonly keyspace = uniqueName('users');
  readonly topic = `${this.name}.created`;
  readonly subject = `${this.topic}-value`;
  readonly schema = readFileSync(join(ROOT, 'pipelines', 'users.avsc'), 'utf8');
  /** For MILLRACE_PIPELINES. */
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-users-'));
  private readonly cassandra: Client;

  constructor() {
    writeFileSync(join(this.folder, 'users.avsc'), this.schema);
    for (const file of PIPELINES) {
      const yaml = readFileSync(join(ROOT, 'pipelines', `${file}.yaml`), 'utf8')
        .replace(`name: ${file}`, `name: ${this.pipeline(file)}`)
        .replace('users.created', this.topic)
        .replace('spark_streams.', `${this.keyspace}.`);
      writeFileSync(join(this.folder, `${file}.yaml`), yaml);
    }
    const { host, port } = testServers().cassandra;
    this.cassandra = new Client({ contactPoints: [`${host}:${port}`], localDataCenter: 'datacenter1' });
  }

  /** The copy's name of a shipped pipeline. */
  pipeline(shipped: string): string {
    return `${this.name}-${shipped}`;
  }

  async createTables(): Promise<void> {
    const text = readFileSync(join(ROOT, 'cql', '0050-spark-streams.cql'), 'utf8')
      .replaceAll('spark_streams', this.keyspace)
      .replaceAll('${replication}', "{ 'class': 'SimpleStrategy', 'replication_factor': 1 }");
    for (const statement of cqlStatements(text)) await this.cassandra.execute(statement);
  }

  /** Rows of `created_users` by id. */
  async users(): Promise<Map<string, Record<string, unknown>>> {
    const rows = await this.read('created_users');
    return new Map(rows.map((row) => [String(row['id']), row]));
  }

  /** As {@link countsBy} gives them. */
  async counts(table: string, group: string): Promise<Record<string, string>> {
    const rows = await this.read(table);
    const entries = rows.map((row) => {
      const hour = (row['start'] as Date).toISOString();
      return [`${String(row[group])}|${hour}`, `${String(row['users'])} of ${String(row['records'])}`] as const;
    });
    return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  async remove(): Promise<void> {
    await this.cassandra.execute(`DROP KEYSPACE IF EXISTS ${this.keyspace}`);
    await this.cassandra.shutdown();
    rmSync(this.folder, { recursive: true });
  }

  private async read(table: string): Promise<readonly Record<string, unknown>[]> {
    const query = `SELECT * FROM ${this.keyspace}.${table}`;
    const { rows } = await this.cassandra.execute(query, [], { prepare: true, fetchSize: 10_000 });
    return rows;
  }
}
