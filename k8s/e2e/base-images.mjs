import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../../stack/run.mjs';
import { at } from '../../scripts/project.mjs';
import { kubeCache, once } from '../check/go.mjs';
import { docker, hasImage } from './docker.mjs';

const DEBIAN = 'debian:12.12-slim';
const NODE = `node:${JSON.parse(readFileSync(at('package.json'), 'utf8')).devDependencies.node}-bookworm-slim`;
/** Where the programs of the servers' stand-ins come from. */
export const SERVERS = 'millrace-e2e/servers:2';
const NO_PAPER = ['doc', 'man', 'locale', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Images that a registry has, made of Debian packages and of our own Node where there is no registry to ask. One that
 * Docker has already is left as it is.
 */
export async function makeBaseImages() {
  if (!(await hasImage(DEBIAN))) await importRoot(DEBIAN, await root('debian-1', ['ca-certificates', 'libstdc++6']));
  if (!(await hasImage(NODE))) await makeNode();
  // The health checks of compose ask by curl or wget, which the real images have.
  const packages = ['ca-certificates', 'openjdk-17-jre-headless', 'redis-server', 'curl', 'wget'];
  if (!(await hasImage(SERVERS))) await importRoot(SERVERS, await root('servers-2', packages));
}

/** The archive of a minimal Debian with these packages. */
function root(name, packages) {
  return once(kubeCache('images', `${name}.tar`), async (folder) => {
    const archive = join(folder, 'root.tar');
    // Java's package writes into a folder that only the excluded pages would have made.
    const setUp = ['--setup-hook=mkdir -p "$1/usr/share/man/man1"'];
    const clean = ['--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*'];
    const args = ['--variant=minbase', `--include=${packages.join(',')}`, ...NO_PAPER, ...setUp, ...clean];
    await mustRun('mmdebstrap', [...args, 'bookworm', archive, ...aptSources()], { timeoutMs: 900_000 });
    return archive;
  });
}

/** The machine's own, which it can reach. */
function aptSources() {
  return ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list']
    .filter((file) => existsSync(file))
    .slice(0, 1);
}

function importRoot(name, archive) {
  return docker(['import', archive, name]);
}

/** Node and npm on Debian, and the machine's own authorities: a registry may be behind one of them. */
async function makeNode() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-node-'));
  try {
    const local = join(folder, 'local');
    mkdirSync(join(local, 'bin'), { recursive: true });
    mkdirSync(join(local, 'share'), { recursive: true });
    cpSync(at('node_modules', 'node', 'bin', 'node'), join(local, 'bin', 'node'));
    cpSync(CERTIFICATES, join(local, 'share', 'certificates.crt'), { dereference: true });
    await mustRun('npm', ['install', '--silent', '--prefix', join(local, 'lib'), 'npm@11'], { timeoutMs: 300_000 });
    writeFileSync(
      join(folder, 'Dockerfile'),
      [
        `FROM ${DEBIAN}`,
        'COPY local /usr/local',
        'RUN for name in npm npx; do ln -s ../lib/node_modules/npm/bin/$name-cli.js /usr/local/bin/$name; done',
        'ENV NODE_EXTRA_CA_CERTS=/usr/local/share/certificates.crt',
        '',
      ].join('\n'),
    );
    await docker(['build', '-q', '--network=none', '-t', NODE, folder]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
