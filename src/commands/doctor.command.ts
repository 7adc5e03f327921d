import { setTimeout as delay } from 'node:timers/promises';
import { CassandraClient } from '../adapters/cassandra/cassandra-client';
import { createKafka } from '../adapters/kafka/kafka-client';
import { kafkaFacts } from '../adapters/kafka/kafka-facts';
import { HttpSchemaRegistry } from '../adapters/schema-registry/http-schema-registry';
import type { MillraceConfig } from '../config/config';
import { maskUrl } from '../config/mask';
import { ConfigError, FatalError, messageOf, TransientError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { problemText } from '../core/pipeline/problem';
import { silentLog } from '../core/ports/log.port';
import { type CatalogSources, readCatalog } from '../processing/read-catalog';
import type { CommandIo } from './command-io';
import { askPlaces } from './doctor/ask-places';
import { askRedis } from './doctor/ask-redis';
import { cassandraFindings } from './doctor/cassandra-findings';
import { away, type Finding, findingText, ok, wrong } from './doctor/finding';
import { kafkaFindings } from './doctor/kafka-findings';
import { kafkaResources, kafkaRightsFindings } from './doctor/kafka-rights';
import { needsRegistry, schemaRegistryFindings } from './doctor/schema-registry-findings';
import { EXIT } from './exit-codes';

export interface DoctorOptions {
  /** For each server. */
  readonly timeoutMs: number;
}

/**
 * Checks the pipelines and every server that they need, one line for each check. Exit code 3 when a server does not
 * answer, 1 when something is wrong, 0 otherwise; warnings do not count.
 */
export async function doctor(config: MillraceConfig, { timeoutMs }: DoctorOptions, io: CommandIo): Promise<number> {
  const { pipelines, findings } = await pipelineFindings(config);
  const servers =
    config.mode === 'embedded'
      ? [ok('servers', 'none are needed in embedded mode')]
      : (
          await Promise.all([
            within(timeoutMs, 'kafka', config.kafka.brokers.join(', '), () => askKafka(config, pipelines)),
            within(timeoutMs, 'redis', maskUrl(config.redis.url), () => askRedis(config)),
            within(timeoutMs, 'cassandra', config.cassandra.contactPoints.join(', '), () =>
              askCassandra(config, pipelines),
            ),
            ...(pipelines.some(needsRegistry)
              ? [
                  within(timeoutMs, 'schema-registry', maskUrl(config.schemaRegistry.url), () =>
                    askRegistry(config, pipelines),
                  ),
                ]
              : []),
          ])
        ).flat();
  const isAllThere = servers.every(({ level }) => level !== 'away') && config.mode !== 'embedded';
  // What lies in Kafka and Redis together; of a server that is away enough has been said.
  const places = isAllThere
    ? await within(timeoutMs, 'kafka', config.kafka.brokers.join(', '), () => askPlaces(config, pipelines))
    : [];
  const all = [...findings, ...servers, ...places];
  for (const finding of all) io.out(findingText(finding));
  return exitCodeFor(all);
}

function exitCodeFor(findings: readonly Finding[]): number {
  if (findings.some(({ level }) => level === 'away')) return EXIT.unreachable;
  return findings.some(({ level }) => level === 'wrong') ? EXIT.checkFailed : EXIT.done;
}

async function pipelineFindings(
  sources: CatalogSources,
): Promise<{ pipelines: readonly CompiledPipeline[]; findings: Finding[] }> {
  const { pipelines, refused } = await readCatalog(sources);
  const problems = refused.flatMap((each) => each.problems.map((problem) => ({ name: each.name, problem })));
  const findings = [
    ...pipelines.map(({ name }) => ok(`pipeline ${name}`, 'its definition is right')),
    ...problems.map(({ name, problem }) =>
      wrong(`pipeline ${name}`, 'its definition is refused', problemText(problem)),
    ),
  ];
  return { pipelines, findings };
}

type Server = 'kafka' | 'redis' | 'cassandra' | 'schema-registry';

/** A server that answers too late counts as away; what was asked of it ends with the process. */
async function within(
  timeoutMs: number,
  server: Server,
  address: string,
  ask: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const deadline = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: deadline.signal }).then(() => {
    throw new TransientError(`no answer within ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (thrown) {
    if (thrown instanceof ConfigError || thrown instanceof FatalError)
      return [
        wrong(server, thrown.message, `correct the MILLRACE_${server.toUpperCase().replace('-', '_')}_* settings`),
      ];
    return [away(server, `${address}: ${messageOf(thrown)}`, remedyFor(server))];
  } finally {
    deadline.abort();
    late.catch(() => undefined);
  }
}

function remedyFor(server: Server): string {
  const setting = {
    kafka: 'KAFKA_BROKERS',
    redis: 'REDIS_URL',
    cassandra: 'CASSANDRA_CONTACT_POINTS',
    'schema-registry': 'SCHEMA_REGISTRY_URL',
  }[server];
  return `start it, or correct MILLRACE_${setting}; npm run stack:up starts one on this machine`;
}

async function askKafka(config: MillraceConfig, pipelines: readonly CompiledPipeline[]): Promise<readonly Finding[]> {
  const topics = pipelines.map(({ definition }) => definition.spec.source.topic);
  const facts = await kafkaFacts(createKafka(config.kafka, silentLog), topics, kafkaResources(pipelines));
  return [...kafkaFindings(facts, pipelines), ...kafkaRightsFindings(config.kafka.sasl?.username, facts, pipelines)];
}

async function askCassandra(
  config: MillraceConfig,
  pipelines: readonly CompiledPipeline[],
): Promise<readonly Finding[]> {
  const client = new CassandraClient(config.cassandra);
  try {
    return await cassandraFindings(client, pipelines, config.cassandra.username);
  } finally {
    await client.close();
  }
}

async function askRegistry(
  config: MillraceConfig,
  pipelines: readonly CompiledPipeline[],
): Promise<readonly Finding[]> {
  return schemaRegistryFindings(new HttpSchemaRegistry(config.schemaRegistry), pipelines);
}
