import { join } from 'node:path';
import { CassandraClient } from '../adapters/cassandra/cassandra-client';
import { readMigrationFiles } from '../adapters/cassandra/migration';
import { migrate as migrateTables } from '../adapters/cassandra/migrations';
import type { CassandraConfig } from '../config/config';
import { TransientError } from '../core/errors';
import { retryTransient } from '../runtime/retry';
import type { CommandIo } from './command-io';
import { EXIT } from './exit-codes';

const MIGRATIONS = join(__dirname, '..', '..', 'cql');

/**
 * Applies the numbered migrations of this version that Cassandra does not have yet, and waits up to `waitMs` for a Cassandra that does not
 * answer. It may run as often as one likes, also while services start: they apply the same files under the same lock.
 *
 * Throws TransientError when Cassandra does not answer in time, ConfigError when an applied file was changed.
 */
export async function migrate(
  { waitMs }: { readonly waitMs: number },
  config: CassandraConfig,
  io: Pick<CommandIo, 'out' | 'err'>,
): Promise<number> {
  const client = new CassandraClient(config);
  try {
    const files = await readMigrationFiles(MIGRATIONS);
    const applied = await patiently(waitMs, io, async () => {
      await client.connect();
      return migrateTables(client, files, { replication: config.replication });
    });
    for (const fileName of applied) io.out(`applied ${fileName}`);
    io.out(`the tables are up to date: ${applied.length} of ${files.length} migrations were new`);
    return EXIT.done;
  } finally {
    await client.close();
  }
}

/** Repeats what a server that is away has failed, and says once for each reason why it waits. */
async function patiently<T>(waitMs: number, io: Pick<CommandIo, 'err'>, attempt: () => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(waitMs);
  let last = 'it was not asked';
  const onFailure = (reason: string): void => {
    if (reason !== last) io.err(`waiting for Cassandra: ${reason}`);
    last = reason;
  };
  return retryTransient(attempt, { signal: deadline, onFailure }).catch((error: unknown) => {
    if (!deadline.aborted) throw error;
    throw new TransientError(`Cassandra could not be migrated within ${waitMs} ms: ${last}`);
  });
}
