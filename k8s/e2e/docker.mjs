import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../../stack/lock.mjs';
import { placeOf, runningPid, startDetached, stop, tailOf } from '../../stack/process.mjs';
import { mustRun, onPath, run } from '../../stack/run.mjs';
import { until } from '../../stack/wait.mjs';
import { kubeCache, Unavailable } from '../check/go.mjs';
import { inNamespace } from './machine.mjs';

const FOLDER = kubeCache('docker');
/** For programs that ask the daemon themselves. */
export const DOCKER_HOST = `unix://${join(FOLDER, 'docker.sock')}`;
const PLACE = placeOf({ folder: FOLDER }, 'dockerd');
/** Off the ranges of the cluster, which may live beside it. */
const BRIDGE = ['--bip=10.215.0.1/24', '--default-address-pool=base=10.216.0.0/16,size=24'];
const NO_BRIDGE = ['--iptables=false', '--ip6tables=false', '--bridge=none'];

/**
 * Runs `work` beside a Docker daemon of our own, which has its data in the cache and is stopped afterwards; another daemon is never
 * touched, and two commands that want this one wait for each other. It can build, but has no bridge and no rule in the machine's
 * firewall; in a network namespace, by its name, it has both there, and containers reach each other but no registry.
 */
export function withDocker(work, { namespace } = {}) {
  return withLock(kubeCache('docker.lock'), async () => {
    // What a run that was cut off has left, with another network.
    await stopDocker();
    await startDocker(namespace);
    try {
      return await work();
    } finally {
      await stopDocker();
    }
  });
}

/** Ends our daemon, if one runs, and its containers with it. */
export function stopDocker() {
  return stop(PLACE);
}

/** Runs `docker`. The classic builder: the newer one is a plugin that not every client has. */
export function docker(args, { cwd, timeoutMs = 900_000 } = {}) {
  return mustRun('env', ['DOCKER_BUILDKIT=0', `DOCKER_HOST=${DOCKER_HOST}`, 'docker', ...args], { cwd, timeoutMs });
}

export async function hasImage(name) {
  return (await imageId(name)) !== undefined;
}

/** The digest of an image's configuration, or undefined where the daemon has no such image. */
export async function imageId(name) {
  const args = ['-H', DOCKER_HOST, 'image', 'inspect', '-f', '{{.Id}}', name];
  const { code, output } = await run('docker', args, { timeoutMs: 10_000 });
  return code === 0 ? output.trim() : undefined;
}

async function startDocker(namespace) {
  const program = onPath('dockerd');
  if (!program) throw new Unavailable("dockerd is not on PATH; install the package 'docker.io'");
  mkdirSync(FOLDER, { recursive: true });
  const daemon = [program, ...daemonArguments(namespace ? BRIDGE : NO_BRIDGE)];
  const [command, ...args] = namespace ? inNamespace(namespace, daemon) : daemon;
  startDetached(PLACE, { command, args });
  const answers = async () => {
    if (runningPid(PLACE) === undefined) throw new Error('it ended');
    return (await run('docker', ['-H', DOCKER_HOST, 'version'], { timeoutMs: 5_000 })).code === 0;
  };
  if (!(await until(answers, { deadlineMs: 60_000, everyMs: 300 })))
    throw new Error(`dockerd does not answer\n${tailOf(PLACE)}`);
}

function daemonArguments(network) {
  return [
    ...['--host', DOCKER_HOST, '--data-root', join(FOLDER, 'data'), '--exec-root', join(FOLDER, 'exec')],
    ...['--pidfile', join(FOLDER, 'pid'), '--storage-driver', 'overlay2', ...network],
  ];
}
