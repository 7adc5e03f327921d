import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { connectRedis, pingRedis } from '../../../src/adapters/redis/redis-connection';
import { loadConfig } from '../../../src/config/config';
import { freePort } from '../free-port';
import { Authority, type Certificate, chainFile } from './certificates';
import { SecuredCassandra } from './secured-cassandra';
import { SecuredKafka } from './secured-kafka';
import { SecuredRedis } from './secured-redis';
import type { Command } from './server-process';

const run = promisify(execFile);
const COMMANDS = join(__dirname, 'server-commands.mjs');

/** Who may use the pipeline's parts of the servers, and who is known to them and may do nothing. */
export const USER = { name: 'millrace', password: 'right-password' } as const;
export const GUEST = { name: 'guest', password: 'guest-password' } as const;

/** Known to Kafka and Redis, and given rights by tests; Redis lets it do all that Millrace does but one command. */
export const CLERK = { name: 'clerk', password: 'clerk-password', lacks: 'xadd' } as const;
/** Redis lets it do everything. */
const ADMIN = { name: 'admin', password: 'admin-password' } as const;

/** What `docs/security.md` says that the user needs. */
const REDIS_RIGHTS =
  '~millrace:* &millrace:* +@read +@write +@connection +@pubsub +@scripting +@transaction -@dangerous +info +time';
const CASSANDRA_RIGHTS = ['CREATE ON ALL KEYSPACES'];

interface Parts {
  readonly folder: string;
  readonly authority: Authority;
  /** Of an authority that no server trusts. */
  readonly stranger: Authority;
  /** Certificate of a client whom all trust; Kafka lets it do everything. */
  readonly client: Certificate;
  readonly kafka: SecuredKafka;
  readonly redis: SecuredRedis;
  readonly cassandra: SecuredCassandra;
}

/** Kafka, Redis and Cassandra that let nobody in without TLS and a name. Nothing of them is shared with other tests. */
export class SecuredServers {
  private constructor(readonly parts: Parts) {}

  /** Resolves when all of them answer and know their users. `kafkaPrefixes` begin the user's topics and groups. */
  static async start(kafkaPrefixes: readonly string[]): Promise<SecuredServers> {
    const servers = new SecuredServers(await startAll());
    const { kafka, cassandra } = servers.parts;
    try {
      await Promise.all([
        kafka.ready(USER.name, { TOPIC: kafkaPrefixes, GROUP: kafkaPrefixes, TRANSACTIONAL_ID: [] }),
        cassandra.ready([...rolesOf(USER, CASSANDRA_RIGHTS), ...rolesOf(GUEST, []), ...rolesOf(CLERK, [])]),
      ]);
    } catch (error) {
      await servers.stop();
      throw error;
    }
    return servers;
  }

  /** The settings of the user who may. */
  environment(): Record<string, string> {
    const { authority, client, kafka, redis, cassandra } = this.parts;
    const tls = (server: string): Record<string, string> => ({
      [`MILLRACE_${server}_SSL_CA_FILE`]: authority.certFile,
      [`MILLRACE_${server}_USERNAME`]: USER.name,
      [`MILLRACE_${server}_PASSWORD`]: USER.password,
    });
    const own = (server: string): Record<string, string> => ({
      [`MILLRACE_${server}_SSL_CERT_FILE`]: client.certFile,
      [`MILLRACE_${server}_SSL_KEY_FILE`]: client.keyFile,
    });
    return {
      MILLRACE_KAFKA_BROKERS: `127.0.0.1:${kafka.saslPort}`,
      MILLRACE_KAFKA_SSL_CA_FILE: authority.certFile,
      MILLRACE_KAFKA_SASL_MECHANISM: 'scram-sha-512',
      MILLRACE_KAFKA_SASL_USERNAME: USER.name,
      MILLRACE_KAFKA_SASL_PASSWORD: USER.password,
      MILLRACE_REDIS_URL: `rediss://127.0.0.1:${redis.port}`,
      ...tls('REDIS'),
      ...own('REDIS'),
      MILLRACE_CASSANDRA_CONTACT_POINTS: `127.0.0.1:${cassandra.port}`,
      ...tls('CASSANDRA'),
      ...own('CASSANDRA'),
    };
  }

  /** The same places, as another user of all three servers. */
  environmentOf({ name, password }: { readonly name: string; readonly password: string }): Record<string, string> {
    const changed = ['KAFKA_SASL', 'REDIS', 'CASSANDRA'].flatMap((server) => [
      [`MILLRACE_${server}_USERNAME`, name],
      [`MILLRACE_${server}_PASSWORD`, password],
    ]);
    return { ...this.environment(), ...(Object.fromEntries(changed) as Record<string, string>) };
  }

  /** Does what a remedy of `millrace doctor` says, as administrator of the server that it is for. */
  async follow(remedy: string): Promise<void> {
    const [command, ...words] = remedy.split(' ');
    if (command === 'kafka-acls.sh') return this.parts.kafka.acls(words);
    if (command === 'ACL') return this.redisCommand(remedy);
    await this.parts.cassandra.query(remedy);
  }

  private async redisCommand(line: string): Promise<void> {
    const redis = connectRedis(loadConfig(this.environmentOf(ADMIN)).redis);
    try {
      await pingRedis(redis);
      const [name = '', ...words] = line.split(' ');
      await redis.call(name, ...words);
    } finally {
      redis.disconnect();
    }
  }

  async stop(): Promise<void> {
    const { kafka, redis, cassandra, folder } = this.parts;
    await Promise.all([kafka.kill(), redis.kill(), cassandra.kill()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startAll(): Promise<Parts> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-secured-'));
  const authority = await Authority.create(folder, 'authority');
  mkdirSync(join(folder, 'strange'));
  const stranger = await Authority.create(join(folder, 'strange'), 'stranger');
  const [certificate, client] = [await authority.issue('server'), await authority.issue('admin')];
  const shared = { folder, authority, chain: chainFile(folder, certificate) };
  const [port, commands] = await stackCommands(folder);
  const cassandra = new SecuredCassandra({
    ...{ ...shared, folder: join(folder, 'cassandra'), certificate: client },
    ...{ port, command: commands.cassandra },
  });
  const redis = await SecuredRedis.start({
    ...{ ...shared, certificate },
    users: [
      `user ${USER.name} on >${USER.password} ${REDIS_RIGHTS}`,
      `user ${GUEST.name} on >${GUEST.password} +@connection -ping`,
      `user ${CLERK.name} on >${CLERK.password} ${REDIS_RIGHTS} -${CLERK.lacks}`,
      `user ${ADMIN.name} on >${ADMIN.password} ~* &* +@all`,
    ],
  });
  const users = Object.fromEntries([USER, GUEST, CLERK].map(({ name, password }) => [name, password]));
  const kafka = await SecuredKafka.start({ ...shared, ...commands.kafka, admin: client, users });
  return { folder, authority, stranger, client, kafka, redis, cassandra };
}

interface Commands {
  readonly kafka: { readonly java: string; readonly classpath: string };
  readonly cassandra: Command;
}

async function stackCommands(folder: string): Promise<[cassandraPort: number, Commands]> {
  const ports = { cassandra: await freePort(), storage: await freePort(), jmx: await freePort() };
  const args = [COMMANDS, join(folder, 'cassandra'), JSON.stringify(ports)];
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });
  return [ports.cassandra, JSON.parse(stdout) as Commands];
}

function rolesOf({ name, password }: { name: string; password: string }, rights: readonly string[]): string[] {
  return [
    `CREATE ROLE ${name} WITH LOGIN = true AND PASSWORD = '${password}'`,
    ...rights.map((right) => `GRANT ${right} TO ${name}`),
  ];
}
