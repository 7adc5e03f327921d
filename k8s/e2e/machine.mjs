import { existsSync } from 'node:fs';
import { programFromDebian, stopDebianService } from '../../stack/apt.mjs';
import { mustRun, onPath, run } from '../../stack/run.mjs';
import { Unavailable } from '../check/go.mjs';

/** Program and Debian package. */
const PACKAGES = {
  dockerd: 'docker.io',
  runc: 'runc',
  iptables: 'iptables',
  mmdebstrap: 'mmdebstrap',
  gcc: 'build-essential',
  openssl: 'openssl',
};
/** Not on PATH: containerd looks for it there. */
const BRIDGE = '/usr/lib/cni/bridge';

/** Makes sure of programs by name, installing their Debian packages where they are absent. Throws Unavailable without root. */
export async function findPrograms(names, log) {
  if (process.getuid() !== 0) throw new Unavailable('containers need root');
  for (const program of names) {
    const wasPresent = onPath(program);
    await programFromDebian([program], PACKAGES[program], { log });
    if (!wasPresent && program === 'dockerd') await stopDebianService('docker');
  }
}

/** What connects the pods of a node. */
export async function findNetworkPlugins() {
  if (!existsSync(BRIDGE)) await mustRun('apt-get', ['install', '-y', '-q', 'containernetworking-plugins']);
}

/** A network namespace with nothing but a loopback device. One that a run before has left is taken as it is. */
export async function makeNamespace(name) {
  if ((await run('ip', ['netns', 'exec', name, 'true'])).code === 0) return;
  await mustRun('ip', ['netns', 'add', name]);
  await mustRun('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
}

export async function removeNamespace(name) {
  await run('ip', ['netns', 'delete', name]);
}

/** The command that runs another one in a network namespace. */
export function inNamespace(name, command) {
  return ['nsenter', `--net=/run/netns/${name}`, ...command];
}
