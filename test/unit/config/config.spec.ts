import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseApiKeys } from '../../../src/config/api-keys';
import { loadConfig } from '../../../src/config/config';
import { maskedConfig, maskUrl } from '../../../src/config/mask';
import { ConfigError } from '../../../src/core/errors';

describe('configuration', () => {
  let folder: string;
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const refusal = (environment: Record<string, string>): string => {
    try {
      loadConfig(environment);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(ConfigError);
      return (thrown as ConfigError).message;
    }
    throw new Error('nothing was refused');
  };

  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'millrace-config-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('looks for the servers where the local stack puts them', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      mode: 'external',
      roles: ['ingest', 'process', 'serve'],
      pipelines: './pipelines',
      http: { port: 3000 },
      kafka: { brokers: ['127.0.0.1:9092'], ssl: undefined, sasl: undefined },
      redis: { url: 'redis://127.0.0.1:6379' },
      cassandra: { contactPoints: ['127.0.0.1:9042'], localDataCenter: 'datacenter1' },
      stateCacheBytes: 268_435_456,
    });
  });

  it('reads lists, sizes and durations', () => {
    const config = loadConfig({
      MILLRACE_KAFKA_BROKERS: 'a:9092, b:9092',
      MILLRACE_ROLES: 'serve,ingest',
      MILLRACE_STATE_CACHE_BYTES: '1.5GiB',
      MILLRACE_SHUTDOWN_TIMEOUT: '90s',
      MILLRACE_CASSANDRA_REPLICATION: 'dc1:3,dc2:2',
    });
    expect(config.kafka.brokers).toEqual(['a:9092', 'b:9092']);
    expect(config.roles).toEqual(['ingest', 'serve']);
    expect(config.stateCacheBytes).toBe(1.5 * 2 ** 30);
    expect(config.shutdownTimeoutMs).toBe(90_000);
    expect(config.cassandra.replication).toEqual({ class: 'NetworkTopologyStrategy', dc1: 3, dc2: 2 });
  });

  it('reads the consistency of single tables, of reads and writes or of both', () => {
    const { cassandra } = loadConfig({
      MILLRACE_CASSANDRA_TABLE_CONSISTENCY: 'reading.*=local_one/LOCAL_QUORUM, aqdata.pm25 = ALL',
    });
    expect([...cassandra.tableConsistency]).toEqual([
      ['reading.*', { reads: 'LOCAL_ONE', writes: 'LOCAL_QUORUM' }],
      ['aqdata.pm25', { reads: 'ALL', writes: 'ALL' }],
    ]);
  });

  it.each(['reading', 'reading.*=SOME', 'reading.*=ONE/', 'a.b=ONE,a.b=TWO', 'a.b=ONE,'])(
    'refuses %s as the consistency of tables',
    (text) => {
      expect(() => loadConfig({ MILLRACE_CASSANDRA_TABLE_CONSISTENCY: text })).toThrow(
        'MILLRACE_CASSANDRA_TABLE_CONSISTENCY',
      );
    },
  );

  it('takes an empty variable for one that is not there', () => {
    expect(loadConfig({ MILLRACE_HTTP_PORT: '' }).http.port).toBe(3000);
  });

  it('reads a YAML file by nested names and by variable names, and lets the environment win', () => {
    const path = file(
      'config.yaml',
      'http: { port: 8080 }\nkafka: { brokers: [k1:9092, k2:9092], clientId: mill }\nMILLRACE_LOG_LEVEL: debug\n',
    );
    const config = loadConfig({ MILLRACE_CONFIG: path, MILLRACE_HTTP_PORT: '9090' });
    expect(config.http.port).toBe(9090);
    expect(config.kafka).toMatchObject({ brokers: ['k1:9092', 'k2:9092'], clientId: 'mill' });
    expect(config.logLevel).toBe('debug');
  });

  it('reads a JSON file', () => {
    const path = file('config.json', '{"cassandra": {"contactPoints": ["c1", "c2:9043"]}}');
    expect(loadConfig({ MILLRACE_CONFIG: path }).cassandra.contactPoints).toEqual(['c1', 'c2:9043']);
  });

  it('reads every secret from a file', () => {
    const path = file('secret', 'hush\n');
    const config = loadConfig({
      MILLRACE_KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      MILLRACE_KAFKA_SASL_USERNAME: 'me',
      MILLRACE_KAFKA_SASL_PASSWORD_FILE: path,
      MILLRACE_REDIS_PASSWORD_FILE: path,
      MILLRACE_CASSANDRA_USERNAME: 'me',
      MILLRACE_CASSANDRA_PASSWORD_FILE: path,
      MILLRACE_API_KEYS_FILE: path,
    });
    expect(config.kafka.sasl).toEqual({ mechanism: 'scram-sha-512', username: 'me', password: 'hush' });
    expect(config.redis.password).toBe('hush');
    expect(config.cassandra.password).toBe('hush');
    expect(config.apiKeys).toEqual(parseApiKeys('hush'));
    expect(config.access).toEqual({ policy: 'keys', origins: [], keysFile: path });
  });

  it('refuses every wrong value at once, with its name, what was given and what is right', () => {
    const message = refusal({
      MILLRACE_HTTP_PORT: '70000',
      MILLRACE_MODE: 'clustered',
      MILLRACE_ROLES: 'serve,dance',
      MILLRACE_KAFKA_BROKERS: 'localhost',
      MILLRACE_SHUTDOWN_TIMEOUT: '10',
      MILLRACE_STATE_CACHE_BYTES: 'lots',
    });
    expect(message).toContain('MILLRACE_HTTP_PORT: "70000" was given; it must be a whole number from 0 to 65535');
    expect(message).toContain('MILLRACE_MODE: "clustered" was given; it must be one of embedded, external');
    expect(message).toContain('MILLRACE_ROLES: "serve,dance" was given');
    expect(message).toContain('MILLRACE_KAFKA_BROKERS: "localhost" was given; it must be host:port');
    expect(message).toContain('MILLRACE_SHUTDOWN_TIMEOUT: "10" was given');
    expect(message).toContain('MILLRACE_STATE_CACHE_BYTES: "lots" was given');
  });

  it('does not print a wrong value that may hold a secret', () => {
    const message = refusal({ MILLRACE_REDIS_URL: 'http://me:hush@redis' });
    expect(message).toContain('MILLRACE_REDIS_URL');
    expect(message).not.toContain('hush');
  });

  it('refuses a setting of the file that does not exist and suggests the one that was meant', () => {
    const path = file('misspelt.yaml', 'kafka: { broker: k1:9092 }\n');
    expect(refusal({ MILLRACE_CONFIG: path })).toContain(
      'no setting is called MILLRACE_KAFKA_BROKER; did you mean "MILLRACE_KAFKA_BROKERS"?',
    );
  });

  it('says which file cannot be read, and for which setting', () => {
    expect(refusal({ MILLRACE_REDIS_PASSWORD_FILE: '/nowhere/secret' })).toContain(
      'MILLRACE_REDIS_PASSWORD_FILE: cannot read /nowhere/secret',
    );
    expect(refusal({ MILLRACE_CONFIG: '/nowhere/config' })).toContain('MILLRACE_CONFIG: cannot read /nowhere/config');
  });

  it('asks for what a setting cannot do without', () => {
    expect(refusal({ MILLRACE_KAFKA_SASL_MECHANISM: 'plain' })).toContain('MILLRACE_KAFKA_SASL_PASSWORD');
    expect(refusal({ MILLRACE_CASSANDRA_USERNAME: 'me' })).toContain('MILLRACE_CASSANDRA_PASSWORD');
  });

  it('hides secrets when it is printed, in addresses too', () => {
    const config = loadConfig({
      MILLRACE_REDIS_URL: 'redis-sentinel://me:hu:sh@a:26379,b:26379/main',
      MILLRACE_KAFKA_SASL_MECHANISM: 'plain',
      MILLRACE_KAFKA_SASL_USERNAME: 'me',
      MILLRACE_KAFKA_SASL_PASSWORD: 'hush',
      MILLRACE_KAFKA_SSL_CERT: 'CERT',
      MILLRACE_KAFKA_SSL_KEY: 'hush',
      MILLRACE_API_KEYS: 'hush',
    });
    const printed = JSON.stringify(maskedConfig(config));
    expect(printed).not.toMatch(/hush|hu:sh/);
    expect(printed).toContain('redis-sentinel://me:***@a:26379,b:26379/main');
  });

  it('leaves addresses without a password as they are', () => {
    expect(maskUrl('redis://127.0.0.1:6379/2')).toBe('redis://127.0.0.1:6379/2');
    expect(maskUrl('redis://:hush@h:1')).toBe('redis://:***@h:1');
  });
});

describe('TLS with a server', () => {
  it.each(['kafka', 'redis', 'cassandra'] as const)('is spoken with %s when an authority is given', (server) => {
    const prefix = `MILLRACE_${server.toUpperCase()}_SSL`;
    expect(loadConfig({})[server].ssl).toBeUndefined();
    expect(loadConfig({ [`${prefix}_CA`]: 'PEM' })[server].ssl).toEqual({ ca: 'PEM', rejectUnauthorized: true });
    expect(loadConfig({ [prefix]: 'true' })[server].ssl).toEqual({ rejectUnauthorized: true });
    expect(() => loadConfig({ [`${prefix}_CERT`]: 'PEM' })).toThrow(
      `${prefix}_KEY: nothing was given; ${prefix}_CERT needs it`,
    );
  });
});
