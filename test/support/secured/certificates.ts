import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DAYS = '2';

const CONFIG = `[req]
distinguished_name = name
prompt = no
[name]
CN = set by -subj
[authority]
basicConstraints = critical, CA:TRUE
[holder]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1, DNS:localhost
`;

/** A certificate and its key, both as PEM files. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** An authority of one test's own, which signs certificates for servers at 127.0.0.1 and for clients. */
export class Authority {
  private constructor(
    private readonly folder: string,
    private readonly own: Certificate,
  ) {}

  static async create(folder: string, name: string): Promise<Authority> {
    writeFileSync(join(folder, 'openssl.cnf'), CONFIG);
    const own = await request(folder, name, ['-extensions', 'authority']);
    return new Authority(folder, own);
  }

  get certFile(): string {
    return this.own.certFile;
  }

  /** The subject is `CN=<name>`. */
  issue(name: string): Promise<Certificate> {
    return request(this.folder, name, [
      ...['-extensions', 'holder'],
      ...['-CA', this.own.certFile, '-CAkey', this.own.keyFile],
    ]);
  }
}

/** Key and certificate in one file, as Java's servers read them. */
export function chainFile(folder: string, { certFile, keyFile }: Certificate): string {
  const file = join(folder, 'chain.pem');
  writeFileSync(file, readFileSync(keyFile, 'utf8') + readFileSync(certFile, 'utf8'), { mode: 0o600 });
  return file;
}

async function request(folder: string, name: string, args: readonly string[]): Promise<Certificate> {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  await run('openssl', [
    ...['req', '-x509', '-config', join(folder, 'openssl.cnf'), '-subj', `/CN=${name}`, '-days', DAYS, '-nodes'],
    ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', keyFile, '-out', certFile],
    ...args,
  ]);
  return { certFile, keyFile };
}
