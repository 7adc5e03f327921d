import type { z } from 'zod';
import { ConfigError } from '../core/errors';
import type { RateLimit } from '../core/rate-limits/rate-limit';
import type { Policy } from './api-keys';
import { gatherSettings, type Environment, type GivenSettings } from './setting-sources';
import { isSecret, settings, type MODES, type ROLES, type Settings } from './settings';
import { CERTIFICATE_PAIRS, tlsOf } from './tls';

export type Mode = (typeof MODES)[number];
export type Role = (typeof ROLES)[number];

/** The whole configuration, checked. Durations in ms, sizes in bytes. */
export type MillraceConfig = ReturnType<typeof arrange>;
export type KafkaConfig = MillraceConfig['kafka'];
export type RedisConfig = MillraceConfig['redis'];
export type SchemaRegistryConfig = MillraceConfig['schemaRegistry'];
export type CassandraConfig = MillraceConfig['cassandra'];

/**
 * Reads the configuration from the environment and the file that `MILLRACE_CONFIG` names.
 * Throws ConfigError with one line for each problem: the variable, what was given, what would be right.
 */
export function loadConfig(environment: Environment = process.env): MillraceConfig {
  const { texts, paths, problems } = gatherSettings(environment);
  const parsed = settings.safeParse(texts);
  const wrong = parsed.success ? incomplete(parsed.data) : parsed.error.issues.map((issue) => explain(issue, texts));
  if (!parsed.success || problems.length + wrong.length > 0) {
    throw new ConfigError(['The configuration is wrong:', ...problems, ...wrong].join('\n  '));
  }
  return arrange(parsed.data, paths);
}

function explain(issue: z.core.$ZodIssue, texts: Readonly<Record<string, string>>): string {
  const name = String(issue.path[0]);
  const given = texts[name] ?? '';
  return `${name}: ${isSecret(name) ? 'a secret text' : `"${given}"`} was given; it must be ${issue.message}`;
}

/** Settings that make sense only together. */
function incomplete(given: Settings): string[] {
  const missing: string[] = [];
  const together = (name: keyof Settings, needs: readonly (keyof Settings)[]) => {
    if (given[name] === undefined) return;
    for (const need of needs.filter((candidate) => given[candidate] === undefined)) {
      missing.push(`${need}: nothing was given; ${name} needs it (${need}_FILE may name a file that holds it)`);
    }
  };
  if (given.MILLRACE_AUTH === 'keys') together('MILLRACE_AUTH', ['MILLRACE_API_KEYS']);
  if (given.MILLRACE_AUTH !== undefined && given.MILLRACE_AUTH !== 'keys' && given.MILLRACE_API_KEYS !== undefined) {
    missing.push(
      `MILLRACE_AUTH: "${given.MILLRACE_AUTH}" was given, which takes no keys; leave it or MILLRACE_API_KEYS out`,
    );
  }
  together('MILLRACE_KAFKA_SASL_MECHANISM', ['MILLRACE_KAFKA_SASL_USERNAME', 'MILLRACE_KAFKA_SASL_PASSWORD']);
  for (const [certificate, key] of CERTIFICATE_PAIRS) {
    together(certificate, [key]);
    together(key, [certificate]);
  }
  together('MILLRACE_SCHEMA_REGISTRY_USERNAME', ['MILLRACE_SCHEMA_REGISTRY_PASSWORD']);
  together('MILLRACE_SCHEMA_REGISTRY_PASSWORD', ['MILLRACE_SCHEMA_REGISTRY_USERNAME']);
  together('MILLRACE_CASSANDRA_USERNAME', ['MILLRACE_CASSANDRA_PASSWORD']);
  together('MILLRACE_CASSANDRA_PASSWORD', ['MILLRACE_CASSANDRA_USERNAME']);
  return missing;
}

function arrange(given: Settings, paths: GivenSettings['paths']) {
  return {
    mode: given.MILLRACE_MODE,
    roles: given.MILLRACE_ROLES as readonly Role[],
    pipelines: given.MILLRACE_PIPELINES,
    feeds: given.MILLRACE_FEEDS,
    /** `fail`: a process with a definition that is wrong does not start. */
    onRefused: given.MILLRACE_ON_REFUSED,
    /** Modules with pipelines, aggregates and functions in JavaScript. */
    extensions: given.MILLRACE_EXTENSIONS,
    extensionsIsolation: given.MILLRACE_EXTENSIONS_ISOLATION,
    http: { host: given.MILLRACE_HTTP_HOST, port: given.MILLRACE_HTTP_PORT, limit: httpLimitOf(given) },
    /** Folder of exported rows; they are off without it. */
    exports: given.MILLRACE_EXPORTS,
    /** Questions over Kafka; off without a topic. */
    queries: { topic: given.MILLRACE_QUERY_TOPIC, timeoutMs: given.MILLRACE_QUERY_TIMEOUT },
    logLevel: given.MILLRACE_LOG_LEVEL,
    /** `undefined` where it is on if the environment names a collector. */
    tracing: given.MILLRACE_TRACING,
    /** Empty when none is asked for. */
    apiKeys: given.MILLRACE_API_KEYS ?? [],
    access: {
      policy: policyOf(given),
      origins: given.MILLRACE_HTTP_ORIGINS,
      /** Where new keys are found while the service runs. */
      ...present('keysFile', paths['MILLRACE_API_KEYS']),
    },
    stateCacheBytes: given.MILLRACE_STATE_CACHE_BYTES,
    shutdownTimeoutMs: given.MILLRACE_SHUTDOWN_TIMEOUT,
    ingest: { recordsPerSecond: given.MILLRACE_INGEST_RATE, burstRecords: given.MILLRACE_INGEST_BURST },
    kafka: {
      brokers: given.MILLRACE_KAFKA_BROKERS,
      clientId: given.MILLRACE_KAFKA_CLIENT_ID,
      ...present('replicationFactor', given.MILLRACE_KAFKA_REPLICATION_FACTOR),
      ssl: tlsOf(given, 'KAFKA'),
      sasl: saslOf(given),
    },
    redis: {
      url: given.MILLRACE_REDIS_URL,
      ...present('username', given.MILLRACE_REDIS_USERNAME),
      ...present('password', given.MILLRACE_REDIS_PASSWORD),
      ...present('ssl', tlsOf(given, 'REDIS')),
    },
    /** Asked only where a pipeline needs it. */
    schemaRegistry: {
      url: given.MILLRACE_SCHEMA_REGISTRY_URL,
      ...present('username', given.MILLRACE_SCHEMA_REGISTRY_USERNAME),
      ...present('password', given.MILLRACE_SCHEMA_REGISTRY_PASSWORD),
    },
    cassandra: {
      contactPoints: given.MILLRACE_CASSANDRA_CONTACT_POINTS,
      localDataCenter: given.MILLRACE_CASSANDRA_DATACENTER,
      consistency: given.MILLRACE_CASSANDRA_CONSISTENCY,
      /** Levels of tables that have others, by `keyspace.table` or `keyspace.*`. */
      tableConsistency: given.MILLRACE_CASSANDRA_TABLE_CONSISTENCY,
      replication: given.MILLRACE_CASSANDRA_REPLICATION,
      ...present('username', given.MILLRACE_CASSANDRA_USERNAME),
      ...present('password', given.MILLRACE_CASSANDRA_PASSWORD),
      ...present('ssl', tlsOf(given, 'CASSANDRA')),
    },
  };
}

/** Without a word about it: keys where there are some; else all in embedded mode, and this machine alone with servers. */
function policyOf(given: Settings): Policy {
  if (given.MILLRACE_AUTH !== undefined) return given.MILLRACE_AUTH;
  if (given.MILLRACE_API_KEYS !== undefined) return 'keys';
  return given.MILLRACE_MODE === 'embedded' ? 'none' : 'local';
}

/** Of requests to `/v1`, for each client. */
function httpLimitOf(given: Settings): RateLimit | undefined {
  const quota = given.MILLRACE_HTTP_LIMIT;
  return quota && { algorithm: given.MILLRACE_HTTP_LIMIT_ALGORITHM, ...quota };
}

/** A property that is left out, not undefined, when nothing was given. */
function present<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [K in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]: Value });
}

function saslOf(given: Settings) {
  const mechanism = given.MILLRACE_KAFKA_SASL_MECHANISM;
  if (mechanism === undefined) return undefined;
  return {
    mechanism,
    username: given.MILLRACE_KAFKA_SASL_USERNAME ?? '',
    password: given.MILLRACE_KAFKA_SASL_PASSWORD ?? '',
  };
}
