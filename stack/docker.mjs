import { fileURLToPath } from 'node:url';
import { mustRun, onPath, run } from './run.mjs';
import { SERVERS } from './profiles.mjs';

const COMPOSE_FILE = fileURLToPath(new URL('../docker-compose.yml', import.meta.url));
const START_MS = 600_000;
const STOP_MS = 120_000;

/** Whether a daemon really answers and the client knows `compose`; a client alone is not enough. */
export async function dockerAnswers() {
  if (!onPath('docker')) return false;
  const daemon = await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 3_000 });
  if (daemon.code !== 0) return false;
  return (await run('docker', ['compose', 'version'], { timeoutMs: 3_000 })).code === 0;
}

/** The servers as containers of docker-compose.yml; the service itself is never touched. */
export const compose = {
  up: (signal) => docker(['up', '-d', '--wait', ...SERVERS], START_MS, signal),
  down: () => docker(['rm', '--stop', '--force', ...SERVERS], STOP_MS),
  start: (server) => docker(['up', '-d', '--wait', server], START_MS),
  restart: (server) => docker(['restart', server], STOP_MS),
  kill: (server, signalName) => docker(['kill', '--signal', signalName, server], STOP_MS),

  /** Stops the whole system, which shares the volumes, and removes them. */
  wipe: () => docker(['down', '--volumes'], STOP_MS),
};

function docker(args, timeoutMs, signal) {
  return mustRun('docker', ['compose', '-f', COMPOSE_FILE, ...args], { timeoutMs, signal });
}
