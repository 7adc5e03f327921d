import type { CassandraClient } from '../../adapters/cassandra/cassandra-client';
import { type CassandraFacts, cassandraFacts, existingTables } from '../../adapters/cassandra/cassandra-facts';
import { HISTORY } from '../../adapters/cassandra/migrations';
import { checkTable } from '../../adapters/cassandra/table-check';
import { FatalError } from '../../core/errors';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { clockFinding } from './clock-findings';
import { type HeldRights, tableRightsFindings } from './cassandra-rights';
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
  const sinks = pipelines.flatMap(({ name, sinks: all }) =>
    all.flatMap((sink) => (sink.kind === 'cassandra' ? [{ name, sink }] : [])),
  );
  const tables: Promise<Finding>[] = sinks.map(({ name, sink }) => tableFinding(client, sink, name));
  return [
    ...serverFindings(facts),
    ...(await Promise.all(tables)),
    ...(role === undefined || !facts.permissions || sinks.length === 0
      ? []
      : await rightsFindings(
          client,
          sinks.map(({ sink }) => sink),
          { role, permissions: facts.permissions },
        )),
  ];
}

/** Every pipeline writes its table, and `/rows` reads it; at start the history of migrations is read. */
async function rightsFindings(
  client: CassandraClient,
  sinks: readonly TableSink[],
  held: Omit<HeldRights, 'existing'>,
): Promise<readonly Finding[]> {
  const names = [
    ...HISTORY.tables.map((table) => ({ keyspace: HISTORY.keyspace, table })),
    ...new Map(sinks.map(({ keyspace, table }) => [`${keyspace}.${table}`, { keyspace, table }])).values(),
  ];
  const existing = await existingTables(
    client,
    names.map(({ keyspace }) => keyspace),
  );
  const findings = names.flatMap((name) => tableRightsFindings(name, { ...held, existing }));
  const distinct = [...new Map(findings.map((finding) => [finding.remedy, finding])).values()];
  return distinct.length > 0
    ? distinct
    : [ok('cassandra permissions', `role ${held.role} may do what the pipelines do`)];
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
