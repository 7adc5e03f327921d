import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf, runningPid, startDetached, stop, tailOf } from '../../stack/process.mjs';
import { mustRun, onPath, run } from '../../stack/run.mjs';
import { until } from '../../stack/wait.mjs';
import { kubeCache, Unavailable } from '../check/go.mjs';

const FOLDER = kubeCache('docker');
const HOST = `unix://${join(FOLDER, 'docker.sock')}`;
const PLACE = placeOf({ folder: FOLDER }, 'dockerd');

/** A Docker daemon of our own for builds: no bridge, no rule in the firewall, data in the cache. Another one is never touched. */
export async function startDocker() {
  const program = onPath('dockerd');
  if (!program) throw new Unavailable("dockerd is not on PATH; install the package 'docker.io'");
  mkdirSync(FOLDER, { recursive: true });
  if (runningPid(PLACE) === undefined) startDetached(PLACE, { command: program, args: daemonArguments() });
  const answers = async () => (await run('docker', ['-H', HOST, 'version'], { timeoutMs: 5_000 })).code === 0;
  if (!(await until(answers, { deadlineMs: 60_000, everyMs: 300 })))
    throw new Error(`dockerd does not answer\n${tailOf(PLACE)}`);
}

export function stopDocker() {
  return stop(PLACE);
}

/** Runs `docker`. The classic builder: the newer one is a plugin that not every client has. */
export function docker(args, { cwd, timeoutMs = 900_000 } = {}) {
  return mustRun('env', ['DOCKER_BUILDKIT=0', `DOCKER_HOST=${HOST}`, 'docker', ...args], { cwd, timeoutMs });
}

export async function hasImage(name) {
  const { code } = await run('docker', ['-H', HOST, 'image', 'inspect', name], { timeoutMs: 10_000 });
  return code === 0;
}

function daemonArguments() {
  return [
    ...['--host', HOST, '--data-root', join(FOLDER, 'data'), '--exec-root', join(FOLDER, 'exec')],
    ...['--pidfile', join(FOLDER, 'pid'), '--storage-driver', 'overlay2'],
    ...['--iptables=false', '--ip6tables=false', '--bridge=none'],
  ];
}
