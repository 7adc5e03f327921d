import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '../free-port';
import type { Authority, Certificate } from './certificates';
import { ServerProcess } from './server-process';

export interface RedisParts {
  readonly folder: string;
  readonly authority: Authority;
  readonly certificate: Certificate;
  /** Lines of an ACL file beside the default user, who may not come in. */
  readonly users: readonly string[];
}

/** A Redis that speaks TLS alone, to clients with a certificate and a user of its ACL file. */
export class SecuredRedis {
  private constructor(
    readonly port: number,
    private readonly server: ServerProcess,
  ) {}

  static async start({ folder, authority, certificate, users }: RedisParts): Promise<SecuredRedis> {
    const own = join(folder, 'redis');
    mkdirSync(own);
    const port = await freePort();
    writeFileSync(join(own, 'users.acl'), ['user default off', ...users, ''].join('\n'));
    const settings = {
      bind: '127.0.0.1',
      port: '0',
      'tls-port': String(port),
      'tls-cert-file': certificate.certFile,
      'tls-key-file': certificate.keyFile,
      'tls-ca-cert-file': authority.certFile,
      'tls-auth-clients': 'yes',
      aclfile: join(own, 'users.acl'),
      dir: own,
      appendonly: 'yes',
      save: '',
      'maxmemory-policy': 'noeviction',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    return new SecuredRedis(
      port,
      ServerProcess.start('redis', { command: 'redis-server', args }, join(own, 'output.log')),
    );
  }

  kill(): Promise<void> {
    return this.server.kill();
  }
}
