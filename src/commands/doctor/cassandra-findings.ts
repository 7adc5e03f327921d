import type { CassandraClient } from '../../adapters/cassandra/cassandra-client';
import { checkTable } from '../../adapters/cassandra/table-check';
import { FatalError } from '../../core/errors';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { type Finding, ok, wrong } from './finding';

const OLDEST_MAJOR = 4;

/** The server's version and data centre, and each table that a pipeline writes to. Throws TransientError. */
export async function cassandraFindings(
  client: CassandraClient,
  pipelines: readonly CompiledPipeline[],
): Promise<readonly Finding[]> {
  await client.connect();
  const query = 'SELECT release_version, data_center FROM system.local';
  const found = await client.execute({ query, params: [] }, 'asking Cassandra for its version', { isIdempotent: true });
  const version = String(found.rows[0]?.['release_version']);
  const findings: Finding[] = [
    Number.parseInt(version, 10) >= OLDEST_MAJOR
      ? ok('cassandra', `reachable, version ${version}, data centre ${String(found.rows[0]?.['data_center'])}`)
      : wrong('cassandra', `version ${version} is too old`, `use Cassandra ${OLDEST_MAJOR}.0 or newer`),
  ];
  for (const { name, sinks } of pipelines) {
    for (const sink of sinks) {
      if (sink.kind === 'cassandra') findings.push(await tableFinding(client, sink, name));
    }
  }
  return findings;
}

async function tableFinding(
  client: CassandraClient,
  sink: Parameters<typeof checkTable>[1],
  pipeline: string,
): Promise<Finding> {
  const subject = `table ${sink.keyspace}.${sink.table}`;
  try {
    await checkTable(client, sink);
    return ok(subject, `has what pipeline ${pipeline} writes`);
  } catch (thrown) {
    if (!(thrown instanceof FatalError)) throw thrown;
    return wrong(subject, thrown.message, `millrace ddl <file of ${pipeline}> --apply creates what is missing`);
  }
}
