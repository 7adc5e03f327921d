import { randomBytes } from 'node:crypto';

/** Where the servers of the integration tests listen: the stack's test profile, or where the environment says. */
export interface TestServers {
  readonly kafka: string[];
  /** A URL. */
  readonly redis: string;
  readonly cassandra: { readonly host: string; readonly port: number };
  /** A URL. */
  readonly schemaRegistry: string;
}

export function testServers(): TestServers {
  const { MILLRACE_TEST_KAFKA, MILLRACE_TEST_REDIS, MILLRACE_TEST_CASSANDRA } = process.env;
  const { MILLRACE_TEST_SCHEMA_REGISTRY } = process.env;
  const offset = Number(process.env['MILLRACE_TEST_PORT_OFFSET'] ?? 0);
  const redis = MILLRACE_TEST_REDIS ?? `127.0.0.1:${16379 + offset}`;
  const [host = '127.0.0.1', port = '9042'] = (MILLRACE_TEST_CASSANDRA ?? `127.0.0.1:${19042 + offset}`).split(':');
  return {
    kafka: (MILLRACE_TEST_KAFKA ?? `127.0.0.1:${19092 + offset}`).split(','),
    redis: redis.includes('://') ? redis : `redis://${redis}`,
    cassandra: { host, port: Number(port) },
    schemaRegistry: MILLRACE_TEST_SCHEMA_REGISTRY ?? `http://127.0.0.1:${18081 + offset}/apis/ccompat/v7`,
  };
}

/**
 * A name that no other test has, on servers that several test processes share: valid as topic, key prefix, keyspace
 * and table when `prefix` is (lower case letters, digits and `_`, at most 30 characters).
 */
export function uniqueName(prefix: string): string {
  // No counter: a worker of jest runs many files, and each begins with modules of its own.
  return `${prefix}_${randomBytes(5).toString('hex')}`;
}
