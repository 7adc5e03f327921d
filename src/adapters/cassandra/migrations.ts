import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError, TransientError } from '../../core/errors';
import type { CassandraClient } from './cassandra-client';
import {
  DEFAULT_REPLICATION,
  type Migration,
  type MigrationFile,
  parseMigrations,
  type Replication,
  replicationText,
} from './migration';
import { MigrationLock } from './migration-lock';
import { quoted } from './table-schema';

export interface MigrateOptions {
  readonly replication?: Replication;
  /** Keyspace of the history and the lock; `millrace` by default. */
  readonly keyspace?: string;
  /** How long to wait while another process migrates, ms; 60 s by default. */
  readonly waitMs?: number;
}

/** Where the history and the lock are, unless the caller names another keyspace. */
export const HISTORY = { keyspace: 'millrace', tables: ['migrations', 'migration_lock'] } as const;

const WAIT_MS = 60_000;
const DDL_TIMEOUT_MS = 20_000;
const AGREEMENT_POLLS = 100;
const AGREEMENT_POLL_MS = 100;

/**
 * Applies the migrations that have not been applied, by number, and returns their file names. Several processes may
 * call it at once: one works, the others wait and find the work done. When nothing is left to do it only reads.
 *
 * Throws ConfigError when a file that has been applied was changed since, TransientError when the server is away, the
 * nodes do not agree on the schema, or another process holds the lock for too long; nothing is recorded as applied that
 * was not applied as a whole.
 */
export async function migrate(
  client: CassandraClient,
  files: readonly MigrationFile[],
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  const { replication = DEFAULT_REPLICATION, keyspace = HISTORY.keyspace, waitMs = WAIT_MS } = options;
  const migrations = parseMigrations(files, replication);
  const history = new MigrationHistory(client, keyspace);
  if ((await history.exists()) && pending(migrations, await history.applied()).length === 0) return [];
  await history.create(replication);
  const lock = new MigrationLock(client, { table: history.lockTable, waitMs });
  await lock.acquire();
  try {
    const left = pending(migrations, await history.applied());
    for (const migration of left) {
      for (const statement of migration.statements) {
        await lock.renew();
        await executeDdl(client, statement, `migration ${migration.fileName}`);
      }
      await lock.renew();
      await history.record(migration);
    }
    return left.map(({ fileName }) => fileName);
  } finally {
    // A lock that cannot be given back ends by itself; why migrating failed matters more.
    await lock.release().catch(() => undefined);
  }
}

/** What is not applied yet. Throws ConfigError when the text of an applied one has changed. */
function pending(migrations: readonly Migration[], applied: ReadonlyMap<number, string>): readonly Migration[] {
  return migrations.filter(({ version, fileName, checksum }) => {
    const known = applied.get(version);
    if (known === undefined || known === checksum) return known === undefined;
    throw new ConfigError(
      `migration ${fileName} was changed after it had been applied (checksum ${checksum.slice(0, 12)}, applied ` +
        `${known.slice(0, 12)}): restore its text and put the change into a new file with the next number`,
    );
  });
}

/** The record of what was applied, and the table of the lock. */
class MigrationHistory {
  readonly lockTable: string;
  private readonly table: string;

  constructor(
    private readonly client: CassandraClient,
    private readonly keyspace: string,
  ) {
    const [table, lockTable] = HISTORY.tables;
    this.table = `${quoted(keyspace)}.${table}`;
    this.lockTable = `${quoted(keyspace)}.${lockTable}`;
  }

  async exists(): Promise<boolean> {
    const query = 'SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?';
    const { rows } = await this.client.execute({ query, params: [this.keyspace] }, 'looking for past migrations');
    const names = new Set(rows.map((row) => row['table_name'] as string));
    return HISTORY.tables.every((table) => names.has(table));
  }

  async create(replication: Replication): Promise<void> {
    if (await this.exists()) return;
    const statements = [
      `CREATE KEYSPACE IF NOT EXISTS ${quoted(this.keyspace)} WITH replication = ${replicationText(replication)}`,
      `CREATE TABLE IF NOT EXISTS ${this.table} (version int PRIMARY KEY, name text, checksum text, applied_at timestamp)`,
      `CREATE TABLE IF NOT EXISTS ${this.lockTable} (name text PRIMARY KEY, owner text)`,
    ];
    for (const statement of statements) await executeDdl(this.client, statement, 'creating the record of migrations');
  }

  /** Checksums by version. */
  async applied(): Promise<ReadonlyMap<number, string>> {
    const query = `SELECT version, checksum FROM ${this.table}`;
    const { rows } = await this.client.execute({ query, params: [] }, 'reading past migrations');
    return new Map(rows.map((row) => [row['version'] as number, row['checksum'] as string]));
  }

  async record({ version, fileName, checksum }: Migration): Promise<void> {
    const query =
      `INSERT INTO ${this.table} (version, name, checksum, applied_at) ` + 'VALUES (?, ?, ?, toTimestamp(now()))';
    const params = [version, fileName, checksum];
    await this.client.execute({ query, params }, `recording migration ${fileName}`, { isIdempotent: true });
  }
}

/** Runs a statement that changes the schema and waits until the nodes that are up agree on the new one. */
async function executeDdl(client: CassandraClient, query: string, doing: string): Promise<void> {
  await client.execute({ query, params: [] }, doing, { prepare: false, readTimeout: DDL_TIMEOUT_MS });
  for (let poll = 0; poll < AGREEMENT_POLLS; poll += 1) {
    if (await client.schemaAgreed()) return;
    await delay(AGREEMENT_POLL_MS);
  }
  throw new TransientError(
    `${doing}: the Cassandra nodes do not agree on the schema; look at \`nodetool describecluster\``,
  );
}
