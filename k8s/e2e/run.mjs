#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { interruption, runForeground } from '../../scripts/foreground.mjs';
import { NODE as NODE_PROGRAM } from '../../scripts/project.mjs';
import { programFromDebian, stopDebianService } from '../../stack/apt.mjs';
import { mustRun, onPath, run } from '../../stack/run.mjs';
import { Unavailable } from '../check/go.mjs';
import { dockerCompose } from '../check/tools.mjs';
import { programs } from './builds.mjs';
import { imageArchives } from './images.mjs';

const NAMESPACE = 'millrace-e2e';
const INSIDE = fileURLToPath(new URL('inside.mjs', import.meta.url));
/** Not on PATH: containerd looks for it there. */
const BRIDGE = '/usr/lib/cni/bridge';
const LIMIT_MS = 45 * 60_000;
/** Program and Debian package. */
const NEEDED = {
  dockerd: 'docker.io',
  runc: 'runc',
  iptables: 'iptables',
  mmdebstrap: 'mmdebstrap',
  gcc: 'build-essential',
  openssl: 'openssl',
};
const log = (line) => console.log(line);

/**
 * The whole system on a real control plane and a real node, in a network namespace of their own: a deployment from nothing, and what may
 * happen to it. `--build` only builds what it needs; `--keep` leaves the cluster running. Needs root and Go.
 */
async function main() {
  const { values } = parseArgs({ options: { build: { type: 'boolean' }, keep: { type: 'boolean' } } });
  const begin = Date.now();
  if (process.getuid() !== 0) throw new Unavailable('a node needs root');
  await findPrograms();
  const built = { programs: await programs(log), images: await imageArchives(log) };
  if (values.build) await dockerCompose({ build: true });
  log(`built, or taken from the cache, in ${((Date.now() - begin) / 1000).toFixed(0)} s`);
  if (values.build) return;
  await makeNamespace();
  const work = JSON.stringify({ ...built, keep: values.keep === true });
  const args = [`--net=/run/netns/${NAMESPACE}`, NODE_PROGRAM, INSIDE, '--work', work];
  process.exitCode = await runForeground('nsenter', args, { interrupt: interruption(), timeoutMs: LIMIT_MS });
  if (!values.keep) await run('ip', ['netns', 'delete', NAMESPACE]);
  log(`${((Date.now() - begin) / 1000).toFixed(0)} s in all`);
}

async function findPrograms() {
  for (const [program, debianPackage] of Object.entries(NEEDED)) {
    const wasPresent = onPath(program);
    await programFromDebian([program], debianPackage, { log });
    if (!wasPresent && program === 'dockerd') await stopDebianService('docker');
  }
  if (!existsSync(BRIDGE)) await mustRun('apt-get', ['install', '-y', '-q', 'containernetworking-plugins']);
}

async function makeNamespace() {
  if ((await run('ip', ['netns', 'exec', NAMESPACE, 'true'])).code === 0) return;
  await mustRun('ip', ['netns', 'add', NAMESPACE]);
  await mustRun('ip', ['-n', NAMESPACE, 'link', 'set', 'lo', 'up']);
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = error instanceof Unavailable ? 3 : 1;
});
