import { CassandraClient } from '../../src/adapters/cassandra/cassandra-client';
import { testServers, uniqueName } from '../support/servers';

export function testClient(): CassandraClient {
  const { host, port } = testServers().cassandra;
  return new CassandraClient({ contactPoints: [`${host}:${port}`], localDataCenter: 'datacenter1' });
}

export interface TestKeyspace {
  readonly client: CassandraClient;
  readonly keyspace: string;
  run(query: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Drops the keyspace and closes the client. */
  close(): Promise<void>;
}

/** A connected client and an empty keyspace of its own. */
export async function openKeyspace(prefix: string): Promise<TestKeyspace> {
  const client = testClient();
  const keyspace = uniqueName(prefix);
  const run: TestKeyspace['run'] = async (query) =>
    (await client.execute({ query, params: [] }, 'preparing a test', { prepare: false, readTimeout: 20_000 })).rows ??
    [];
  try {
    await client.connect();
    await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await run(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  } catch (error) {
    await client.close();
    throw error;
  }
  return {
    client,
    keyspace,
    run,
    async close() {
      try {
        await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
      } finally {
        await client.close();
      }
    },
  };
}
