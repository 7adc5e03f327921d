import type { CassandraClient } from '../../adapters/cassandra/cassandra-client';
import { type CassandraFacts, cassandraFacts } from '../../adapters/cassandra/cassandra-facts';
import { checkTable } from '../../adapters/cassandra/table-check';
import { FatalError } from '../../core/errors';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { clockFinding } from './clock-findings';
import { type Finding, ok, warning, wrong } from './finding';

const OLDEST_MAJOR = 4;

type TableSink = Parameters<typeof checkTable>[1];

/** The servers and each table that a pipeline writes to, as `role` may use it. Throws TransientError. */
export async function cassandraFindings(
  client: CassandraClient,
  pipelines: readonly CompiledPipeline[],
  role: string | undefined,
): Promise<readonly Finding[]> {
  await client.connect();
  const facts = await cassandraFacts(client, role);
  const findings = [...serverFindings(facts)];
  for (const { name, sinks } of pipelines) {
    for (const sink of sinks) {
      if (sink.kind !== 'cassandra') continue;
      findings.push(await tableFinding(client, sink, name), ...rightsFindings(sink, facts.permissions, role));
    }
  }
  return findings;
}

export function serverFindings({ version, versions, schemas, ...facts }: CassandraFacts): readonly Finding[] {
  const isOldEnough = versions.every((one) => Number.parseInt(one, 10) >= OLDEST_MAJOR);
  return [
    isOldEnough
      ? ok('cassandra', `reachable, version ${version}, data centre ${facts.dataCenter}`)
      : wrong('cassandra', `version ${versions[0]} is too old`, `use Cassandra ${OLDEST_MAJOR}.0 or newer`),
    ...(versions.length > 1
      ? [
          warning(
            'cassandra versions',
            `the nodes have several: ${versions.join(', ')}`,
            'bring all nodes to one version before tables are changed',
          ),
        ]
      : []),
    ...(schemas > 1
      ? [
          wrong(
            'cassandra schema',
            `the nodes have ${schemas} different schemas: some do not know every table`,
            'nodetool describecluster shows which; bring those up, or restart them',
          ),
        ]
      : []),
    clockFinding('cassandra', facts.clockAheadMs),
  ];
}

/** Every pipeline writes its table, and `/rows` reads it. */
export function rightsFindings(
  { keyspace, table }: Pick<TableSink, 'keyspace' | 'table'>,
  permissions: CassandraFacts['permissions'],
  role: string | undefined,
): readonly Finding[] {
  if (!permissions || role === undefined) return [];
  const resources = [
    `<table ${keyspace}.${table}>`,
    `<all tables in ${keyspace}>`,
    `<keyspace ${keyspace}>`,
    '<all keyspaces>',
  ];
  const held = new Set(resources.flatMap((resource) => [...(permissions.get(resource) ?? [])]));
  return ['SELECT', 'MODIFY']
    .filter((permission) => !held.has(permission))
    .map((permission) =>
      wrong(
        `table ${keyspace}.${table}`,
        `role ${role} has no ${permission} permission on it`,
        `GRANT ${permission} ON ${keyspace}.${table} TO ${role}`,
      ),
    );
}

async function tableFinding(client: CassandraClient, sink: TableSink, pipeline: string): Promise<Finding> {
  const subject = `table ${sink.keyspace}.${sink.table}`;
  try {
    await checkTable(client, sink);
    return ok(subject, `has what pipeline ${pipeline} writes`);
  } catch (thrown) {
    if (!(thrown instanceof FatalError)) throw thrown;
    return wrong(subject, thrown.message, `millrace ddl <file of ${pipeline}> --apply creates what is missing`);
  }
}
