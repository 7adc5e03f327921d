import { FatalError } from '../../core/errors';
import type { CassandraClient } from './cassandra-client';
import { quoted } from './table-schema';

/** What operators need to know of a Cassandra cluster. */
export interface CassandraFacts {
  readonly version: string;
  readonly dataCenter: string;
  /** Of all nodes that the one asked knows, each once. */
  readonly versions: readonly string[];
  /** How many different schemas the nodes have; 1 is right. */
  readonly schemas: number;
  /** By how much the clock of the node asked is ahead of ours, ms. */
  readonly clockAheadMs: number;
  /** What the role may do, by resource as `<table ks.t>`; `undefined` where the server does not tell, or everything is allowed. */
  readonly permissions: ReadonlyMap<string, ReadonlySet<string>> | undefined;
}

const LOCAL = 'SELECT release_version, data_center, schema_version, toTimestamp(now()) AS at FROM system.local';
const KEYSPACE = 'SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?';
const TABLES = 'SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?';
const PEERS = 'SELECT release_version, schema_version FROM system.peers';

/** Asks one node, changing nothing. Throws TransientError when it does not answer. */
export async function cassandraFacts(client: CassandraClient, role: string | undefined): Promise<CassandraFacts> {
  const askedMs = Date.now();
  const local = (await ask(client, LOCAL))[0]!;
  const clockAheadMs = (local['at'] as Date).getTime() - (askedMs + Date.now()) / 2;
  const nodes = [local, ...(await ask(client, PEERS))];
  const textsOf = (column: string): string[] => [...new Set(nodes.flatMap((node) => textIn(node[column])))];
  return {
    ...{ version: String(local['release_version']), dataCenter: String(local['data_center']), clockAheadMs },
    versions: textsOf('release_version').sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
    schemas: textsOf('schema_version').length,
    permissions: role === undefined ? undefined : await permissionsOf(client, role),
  };
}

/** Names of keyspaces and of the tables in each. */
export type ExistingTables = ReadonlyMap<string, ReadonlySet<string>>;

/** Those of the keyspaces that exist, with all of their tables. Throws TransientError when no node answers. */
export async function existingTables(client: CassandraClient, keyspaces: readonly string[]): Promise<ExistingTables> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const keyspace of new Set(keyspaces)) {
    const ofKeyspace = { params: [keyspace], doing: `looking for the tables of ${keyspace}` };
    const [itself] = await ask(client, KEYSPACE, ofKeyspace);
    const tables = itself ? await ask(client, TABLES, ofKeyspace) : [];
    if (itself) found.set(keyspace, new Set(tables.map((table) => String(table['table_name']))));
  }
  return found;
}

type Columns = Readonly<Record<string, unknown>>;

/** Text or a UUID of the driver; none of a node that has not told it yet. */
function textIn(value: unknown): readonly string[] {
  return value === null || value === undefined ? [] : [(value as { toString(): string }).toString()];
}

async function ask(
  client: CassandraClient,
  query: string,
  { params = [], doing = 'asking Cassandra for facts' }: { params?: readonly unknown[]; doing?: string } = {},
): Promise<readonly Columns[]> {
  // The server answers without a table where it lists nothing, and the driver has no rows then, whatever its types say.
  const { rows = [] }: { readonly rows?: readonly Columns[] } = await client.execute({ query, params }, doing, {
    isIdempotent: true,
  });
  return rows;
}

async function permissionsOf(
  client: CassandraClient,
  role: string,
): Promise<ReadonlyMap<string, ReadonlySet<string>> | undefined> {
  try {
    const roles = await ask(client, `LIST ROLES OF ${quoted(role)}`);
    if (roles.some((one) => one['super'] === true)) return undefined;
    const rows = await ask(client, `LIST ALL PERMISSIONS OF ${quoted(role)}`);
    const permissions = new Map<string, Set<string>>();
    for (const { resource, permission } of rows) {
      const held = permissions.get(String(resource)) ?? new Set();
      permissions.set(String(resource), held.add(String(permission)));
    }
    return permissions;
  } catch (thrown) {
    // A server without an authorizer keeps no permissions, and allows all.
    if (thrown instanceof FatalError) return undefined;
    throw thrown;
  }
}
