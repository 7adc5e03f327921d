import { z } from 'zod';
import { messageOf } from '../core/errors';
import { parseDuration } from '../core/pipeline/duration';
import { RATE_ALGORITHMS } from '../core/rate-limits/rate-limit';
import { parseApiKeys, POLICIES } from './api-keys';
import { DEFAULT_ISOLATION, ISOLATIONS } from './extensions-isolation';
import { bytes, duration, flag, integer, list, oneOf, secret, setting, settingMeta, text } from './setting';

/** May be missing; a folder that was named may not. */
export const DEFAULT_FEEDS = './feeds';
export const MODES = ['embedded', 'external'] as const;
/** What a definition with a problem keeps from running: itself, or the whole process. */
const REFUSALS = ['run-others', 'fail'] as const;
export const ROLES = ['ingest', 'process', 'serve'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const CONSISTENCIES = ['ONE', 'TWO', 'THREE', 'QUORUM', 'ALL', 'LOCAL_QUORUM', 'EACH_QUORUM', 'LOCAL_ONE'] as const;

type Consistency = (typeof CONSISTENCIES)[number];

/** The CQL map of a keyspace's `replication`. */
export type Replication = Readonly<Record<string, string | number>>;

const simpleReplication = (factor: number): Replication => ({ class: 'SimpleStrategy', replication_factor: factor });

const hostPort = (given: string) => /^(\[[0-9a-f:]+\]|[\w.-]+):\d{1,5}$/i.test(given);
const host = (given: string) => hostPort(given) || /^[\w.-]+$/.test(given);
const redisUrl = (given: string) =>
  /^(rediss?|redis-sentinel|redis-cluster|rediss-sentinel|rediss-cluster):\/\/\S+$/.test(given) ? given : undefined;

const httpUrl = (given: string) =>
  /^https?:\/\/[^/]/.test(given) && URL.canParse(given) ? given.replace(/\/+$/, '') : undefined;

const roles = () =>
  setting(`a list of ${ROLES.join(', ')}, or all`, (given) => {
    if (given === 'all') return [...ROLES];
    const names = given.split(',').map((part) => part.trim());
    const known = ROLES.filter((role) => names.includes(role));
    return known.length > 0 && known.length === new Set(names).size ? known : undefined;
  });

const apiKeys = () =>
  z
    .string()
    .transform((given, context) => {
      try {
        return parseApiKeys(given);
      } catch (thrown) {
        const message = `keys as docs/security.md shows them, but ${messageOf(thrown)}`;
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
    })
    .register(settingMeta, { secret: true });

/** As a browser sends them: no path, no ending slash. */
const origins = () =>
  list('origins such as https://ops.example, several separated by commas', (given) => {
    return URL.canParse(given) && new URL(given).origin === given;
  });

/** `reading.*=LOCAL_ONE/LOCAL_QUORUM,aqdata.pm25=ONE`: levels of reads and writes, or one of both. */
const tableConsistency = () =>
  setting(
    `tables with levels of reads and writes such as reading.*=LOCAL_ONE/LOCAL_QUORUM; levels are ${CONSISTENCIES.join(', ')}`,
    (given) => {
      const levels = new Map<string, { reads: Consistency; writes: Consistency }>();
      for (const part of given.split(',')) {
        const [, table, first, second = first] = /^\s*(\w+\.(?:\w+|\*))\s*=\s*(\w+)(?:\/(\w+))?\s*$/.exec(part) ?? [];
        const named = (name?: string) => CONSISTENCIES.find((level) => level === name?.toUpperCase());
        const [reads, writes] = [named(first), named(second)];
        if (table === undefined || !reads || !writes || levels.has(table)) return undefined;
        levels.set(table, { reads, writes });
      }
      return levels;
    },
  );
/** `600/1m`: units and the span that they are for. */
const quota = () =>
  setting('a number and a duration such as 600/1m', (given) => {
    const [units = '', span = ''] = given.split('/');
    const windowMs = parseDuration(span);
    const count = /^[1-9]\d{0,8}$/.test(units) ? Number(units) : 0;
    return count > 0 && windowMs !== undefined && windowMs >= 1 ? { units: count, windowMs } : undefined;
  });

/** `3` for one data centre, `dc1:3,dc2:2` for several. */
const replication = () =>
  setting('a number of replicas such as 3, or replicas by data centre such as dc1:3,dc2:2', (given) => {
    if (/^[1-9]\d?$/.test(given)) return simpleReplication(Number(given));
    const parts = given.split(',').map((part) => /^([\w-]+):([1-9]\d?)$/.exec(part.trim()));
    if (!parts.every((part) => part !== null)) return undefined;
    const replicas = parts.map((part) => [part[1]!, Number(part[2])] as const);
    return { class: 'NetworkTopologyStrategy', ...Object.fromEntries(replicas) };
  });

/** Every setting by its environment variable. The one place where names, defaults and bounds are said. */
export const settings = z.object({
  MILLRACE_MODE: oneOf(MODES).default('external'),
  MILLRACE_ROLES: roles().default([...ROLES]),
  MILLRACE_PIPELINES: text().default('./pipelines'),
  MILLRACE_FEEDS: text().default(DEFAULT_FEEDS),
  MILLRACE_ON_REFUSED: oneOf(REFUSALS).default('run-others'),
  MILLRACE_EXTENSIONS: list('paths of JavaScript modules, several separated by commas', () => true).default([]),
  MILLRACE_EXTENSIONS_ISOLATION: oneOf(ISOLATIONS).default(DEFAULT_ISOLATION),
  MILLRACE_HTTP_PORT: integer(0, 65535).default(3000),
  MILLRACE_HTTP_HOST: text().default('0.0.0.0'),
  MILLRACE_HTTP_LIMIT: quota().optional(),
  MILLRACE_HTTP_LIMIT_ALGORITHM: oneOf(RATE_ALGORITHMS).default('sliding-window'),
  MILLRACE_EXPORTS: text().optional(),
  MILLRACE_QUERY_TOPIC: text().optional(),
  MILLRACE_QUERY_TIMEOUT: duration().default(10_000),
  MILLRACE_LOG_LEVEL: oneOf(LOG_LEVELS).default('info'),
  MILLRACE_TRACING: flag().optional(),
  MILLRACE_API_KEYS: apiKeys().optional(),
  MILLRACE_AUTH: oneOf(POLICIES).optional(),
  MILLRACE_HTTP_ORIGINS: origins().default([]),
  MILLRACE_STATE_CACHE_BYTES: bytes(1_048_576).default(256 * 2 ** 20),
  MILLRACE_SHUTDOWN_TIMEOUT: duration().default(25_000),
  MILLRACE_INGEST_RATE: integer(1, 10_000_000).default(5_000),
  MILLRACE_INGEST_BURST: integer(1, 10_000_000).default(20_000),

  MILLRACE_KAFKA_BROKERS: list('host:port, several separated by commas', hostPort).default(['127.0.0.1:9092']),
  MILLRACE_KAFKA_CLIENT_ID: text().default('millrace'),
  MILLRACE_KAFKA_REPLICATION_FACTOR: integer(1, 32767).optional(),
  MILLRACE_KAFKA_SSL: flag().default(false),
  MILLRACE_KAFKA_SSL_CA: text().optional(),
  MILLRACE_KAFKA_SSL_CERT: text().optional(),
  MILLRACE_KAFKA_SSL_KEY: secret().optional(),
  MILLRACE_KAFKA_SSL_PASSPHRASE: secret().optional(),
  MILLRACE_KAFKA_SSL_SERVERNAME: text().optional(),
  MILLRACE_KAFKA_SSL_REJECT_UNAUTHORIZED: flag().default(true),
  MILLRACE_KAFKA_SASL_MECHANISM: oneOf(SASL_MECHANISMS, (given) => given.toLowerCase()).optional(),
  MILLRACE_KAFKA_SASL_USERNAME: text().optional(),
  MILLRACE_KAFKA_SASL_PASSWORD: secret().optional(),

  MILLRACE_REDIS_URL: setting(
    'an address such as redis://host:6379, redis-sentinel://host:26379,host:26379/name or redis-cluster://host:6379',
    redisUrl,
  )
    .register(settingMeta, { secret: true })
    .default('redis://127.0.0.1:6379'),
  MILLRACE_REDIS_USERNAME: text().optional(),
  MILLRACE_REDIS_PASSWORD: secret().optional(),
  MILLRACE_REDIS_SSL: flag().default(false),
  MILLRACE_REDIS_SSL_CA: text().optional(),
  MILLRACE_REDIS_SSL_CERT: text().optional(),
  MILLRACE_REDIS_SSL_KEY: secret().optional(),
  MILLRACE_REDIS_SSL_PASSPHRASE: secret().optional(),
  MILLRACE_REDIS_SSL_SERVERNAME: text().optional(),
  MILLRACE_REDIS_SSL_REJECT_UNAUTHORIZED: flag().default(true),

  MILLRACE_SCHEMA_REGISTRY_URL: setting('an address such as http://host:8081', httpUrl)
    .register(settingMeta, { secret: true })
    .default('http://127.0.0.1:8081/apis/ccompat/v7'),
  MILLRACE_SCHEMA_REGISTRY_USERNAME: text().optional(),
  MILLRACE_SCHEMA_REGISTRY_PASSWORD: secret().optional(),

  MILLRACE_CASSANDRA_CONTACT_POINTS: list('host or host:port, several separated by commas', host).default([
    '127.0.0.1:9042',
  ]),
  MILLRACE_CASSANDRA_DATACENTER: text().default('datacenter1'),
  MILLRACE_CASSANDRA_CONSISTENCY: oneOf(CONSISTENCIES, (given) => given.toUpperCase()).default('LOCAL_QUORUM'),
  MILLRACE_CASSANDRA_TABLE_CONSISTENCY: tableConsistency().default(new Map()),
  MILLRACE_CASSANDRA_REPLICATION: replication().default(simpleReplication(1)),
  MILLRACE_CASSANDRA_USERNAME: text().optional(),
  MILLRACE_CASSANDRA_PASSWORD: secret().optional(),
  MILLRACE_CASSANDRA_SSL: flag().default(false),
  MILLRACE_CASSANDRA_SSL_CA: text().optional(),
  MILLRACE_CASSANDRA_SSL_CERT: text().optional(),
  MILLRACE_CASSANDRA_SSL_KEY: secret().optional(),
  MILLRACE_CASSANDRA_SSL_PASSPHRASE: secret().optional(),
  MILLRACE_CASSANDRA_SSL_SERVERNAME: text().optional(),
  MILLRACE_CASSANDRA_SSL_REJECT_UNAUTHORIZED: flag().default(true),
});

export type Settings = z.infer<typeof settings>;
export type SettingName = keyof Settings;

export const settingNames = Object.keys(settings.shape) as SettingName[];

/** Whether a setting's text must not be shown. */
export function isSecret(name: string): boolean {
  let schema: unknown = settings.shape[name as SettingName];
  while (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) schema = schema.unwrap();
  return schema instanceof z.ZodType && settingMeta.get(schema as never)?.secret === true;
}
