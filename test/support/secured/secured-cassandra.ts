import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Client } from 'cassandra-driver';

import type { Authority, Certificate } from './certificates';
import { type Command, ServerProcess } from './server-process';

export interface CassandraParts {
  readonly folder: string;
  readonly port: number;
  /** Of the stack, whose settings are in the folder. */
  readonly command: Command;
  readonly authority: Authority;
  /** Key and certificate of the server in one file. */
  readonly chain: string;
  /** Of a client. */
  readonly certificate: Certificate;
}

const HEAP = new Map([
  ['-Xms768m', '-Xms300m'],
  ['-Xmx1g', '-Xmx600m'],
]);

/** A Cassandra that speaks TLS alone, to clients with a certificate and the password of a role. */
export class SecuredCassandra {
  private readonly server: ServerProcess;

  constructor(private readonly parts: CassandraParts) {
    const { folder, authority, chain, command } = parts;
    appendFileSync(
      join(folder, 'cassandra.yaml'),
      `authenticator: PasswordAuthenticator
authorizer: CassandraAuthorizer
role_manager: CassandraRoleManager
client_encryption_options:
  enabled: true
  optional: false
  require_client_auth: true
  ssl_context_factory: { class_name: org.apache.cassandra.security.PEMBasedSslContextFactory }
  keystore: ${chain}
  truststore: ${authority.certFile}
`,
    );
    const args = ['-XX:+UseSerialGC', ...command.args.map((argument) => HEAP.get(argument) ?? argument)];
    this.server = ServerProcess.start('cassandra', { ...command, args }, join(folder, 'output.log'));
  }

  get port(): number {
    return this.parts.port;
  }

  /** Resolves when it answers its administrator and has done what the statements say. */
  async ready(statements: readonly string[]): Promise<void> {
    await this.server.answers(() => this.query('SELECT release_version FROM system.local'));
    for (const statement of statements) await this.query(statement);
  }

  /** As administrator. */
  async query(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { port, authority, certificate } = this.parts;
    const client = new Client({
      contactPoints: [`127.0.0.1:${port}`],
      localDataCenter: 'datacenter1',
      credentials: { username: 'cassandra', password: 'cassandra' },
      sslOptions: {
        ca: readFileSync(authority.certFile),
        cert: readFileSync(certificate.certFile),
        key: readFileSync(certificate.keyFile),
        rejectUnauthorized: true,
      },
    });
    try {
      return (await client.execute(statement)).rows;
    } finally {
      await client.shutdown();
    }
  }

  kill(): Promise<void> {
    return this.server.kill();
  }
}
