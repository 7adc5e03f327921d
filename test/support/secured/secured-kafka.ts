import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type AclEntry, AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, logLevel } from 'kafkajs';
import { ResourcePatternTypes } from 'kafkajs';

import { freePort } from '../free-port';
import { type Authority, type Certificate, chainFile } from './certificates';
import { ServerProcess } from './server-process';

const run = promisify(execFile);
const CLUSTER_ID = 'bWlsbHJhY2Utc2VjdXJlZA';
const LOG = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
const QUICK = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

export interface KafkaParts {
  readonly folder: string;
  readonly java: string;
  readonly classpath: string;
  readonly authority: Authority;
  /** Key and certificate of the broker in one file. */
  readonly chain: string;
  /** The subject of `admin` may do everything. */
  readonly admin: Certificate;
  /** User names and passwords for SCRAM-SHA-512. */
  readonly users: Readonly<Record<string, string>>;
}

/** One broker that takes nobody without a password over TLS (SCRAM-SHA-512), or a certificate at its other port. */
export class SecuredKafka {
  private constructor(
    readonly saslPort: number,
    readonly mutualPort: number,
    private readonly server: ServerProcess,
    private readonly parts: KafkaParts,
  ) {}

  static async start(parts: KafkaParts): Promise<SecuredKafka> {
    const folder = join(parts.folder, 'kafka');
    mkdirSync(folder);
    const [sasl, mutual, controller] = [await freePort(), await freePort(), await freePort()];
    const config = join(folder, 'server.properties');
    writeFileSync(config, propertiesOf(parts, { sasl, mutual, controller }, join(folder, 'data')));
    const users = Object.entries(parts.users).flatMap(([name, password]) => [
      '--add-scram',
      `SCRAM-SHA-512=[name=${name},password=${password}]`,
    ]);
    const tool = ['-cp', parts.classpath, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', config];
    await run(parts.java, [...QUICK, ...LOG, ...tool, ...users]);
    const args = ['-Xms128m', '-Xmx400m', ...QUICK, ...LOG, '-cp', parts.classpath, 'kafka.Kafka', config];
    const server = ServerProcess.start('kafka', { command: parts.java, args }, join(folder, 'output.log'));
    return new SecuredKafka(sasl, mutual, server, parts);
  }

  /** A client with the certificate that may do everything. */
  client(): Kafka {
    const { admin, authority } = this.parts;
    return new Kafka({
      brokers: [`127.0.0.1:${this.mutualPort}`],
      ssl: {
        ca: readFileSync(authority.certFile, 'utf8'),
        cert: readFileSync(admin.certFile, 'utf8'),
        key: readFileSync(admin.keyFile, 'utf8'),
      },
      logLevel: logLevel.NOTHING,
      retry: { retries: 1 },
    });
  }

  /** Runs Kafka's own `kafka-acls.sh` with these words, as the user who may do everything. */
  async acls(words: readonly string[]): Promise<void> {
    const { folder, java, classpath, admin, authority } = this.parts;
    const own = mkdtempSync(join(folder, 'acls-'));
    const config = join(own, 'client.properties');
    const ssl = { keystore: chainFile(own, admin), truststore: authority.certFile };
    const lines = Object.entries(ssl).map(([name, file]) => `ssl.${name}.type=PEM\nssl.${name}.location=${file}\n`);
    writeFileSync(config, ['security.protocol=SSL\n', ...lines].join(''));
    const place = ['--bootstrap-server', `127.0.0.1:${this.mutualPort}`, '--command-config', config];
    await run(java, [...QUICK, ...LOG, '-cp', classpath, 'org.apache.kafka.tools.AclCommand', ...place, ...words]);
  }

  /** Resolves when it answers and `user` has all rights on what begins with one of the names, by kind, and no others. */
  async ready(user: string, rights: Readonly<Record<Kind, readonly string[]>>) {
    const acl = Object.entries(rights).flatMap(([kind, prefixes]) =>
      prefixes.map((prefix) => allowed(user, kind as Kind, prefix)),
    );
    await this.server.answers(async () => {
      const admin = this.client().admin();
      try {
        await admin.connect();
        await admin.createAcls({ acl });
      } finally {
        await admin.disconnect();
      }
    });
  }

  kill(): Promise<void> {
    return this.server.kill();
  }
}

type Kind = 'TOPIC' | 'GROUP' | 'TRANSACTIONAL_ID';

function allowed(user: string, kind: Kind, prefix: string): AclEntry {
  return {
    principal: `User:${user}`,
    host: '*',
    operation: AclOperationTypes.ALL,
    permissionType: AclPermissionTypes.ALLOW,
    resourceType: AclResourceTypes[kind],
    resourceName: prefix,
    resourcePatternType: ResourcePatternTypes.PREFIXED,
  };
}

interface Ports {
  readonly sasl: number;
  readonly mutual: number;
  readonly controller: number;
}

function propertiesOf({ authority, chain }: KafkaParts, { sasl, mutual, controller }: Ports, data: string): string {
  const listeners = [`SASL_SSL://127.0.0.1:${sasl}`, `SSL://127.0.0.1:${mutual}`];
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${controller}`].join(),
    'advertised.listeners': listeners.join(),
    'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:SSL',
    'inter.broker.listener.name': 'SSL',
    'log.dirs': data,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': chain,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': authority.certFile,
    'ssl.client.auth': 'required',
    'listener.name.sasl_ssl.ssl.client.auth': 'none',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:CN=server;User:CN=admin',
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.num.partitions': '2',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '2',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
