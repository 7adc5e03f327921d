import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type TestServers, testServers } from './servers';

const STACK = join(__dirname, '..', '..', 'stack', 'stack.mjs');
/** Beside the servers that all tests share, and below those of the next clone, which are 1000 above. */
const PORTS_ABOVE = 500;
const DEADLINE_MS = 180_000;

const run = promisify(execFile);

type Server = 'kafka' | 'cassandra';

/** What this test has started: nothing else may be signalled, whoever listens at the ports. */
const started = new Set<Server>();

/** A second set of real servers, which tests may break. Each server runs once it is started. */
export const ownServers = {
  /** Resolves when the server answers. Rejects when one runs there already: it is somebody else's. */
  async start(server: Server): Promise<void> {
    await stack('start', server, '--fresh');
    started.add(server);
  },
  /** Resolves, after SIGKILL, when it is gone. Rejects for a server that this test has not started. */
  async signal(server: Server, signal: NodeJS.Signals): Promise<void> {
    if (!started.has(server)) throw new Error(`${server} was not started by this test: it must not be signalled`);
    await stack('kill', server, '--signal', signal);
  },
  /** Resolves when it is gone; leaves a server alone that this test has not started. */
  async stop(server: Server): Promise<void> {
    if (started.delete(server)) await stack('kill', server, '--signal', 'SIGTERM');
  },
};

/** The shared servers, but for those of the second set that `own` names. */
export function serversWithOwn(...own: readonly Server[]): Pick<TestServers, 'kafka' | 'cassandra'> {
  const { kafka, cassandra } = testServers();
  const offset = offsetOfOwn();
  return {
    kafka: own.includes('kafka') ? [`127.0.0.1:${19_092 + offset}`] : kafka,
    cassandra: own.includes('cassandra') ? { host: '127.0.0.1', port: 19_042 + offset } : cassandra,
  };
}

async function stack(...args: string[]): Promise<void> {
  const env = { ...process.env, NODE_OPTIONS: '', MILLRACE_TEST_PORT_OFFSET: String(offsetOfOwn()) };
  await run(process.execPath, [STACK, ...args, '--profile', 'test'], { env, timeout: DEADLINE_MS });
}

function offsetOfOwn(): number {
  return Number(process.env['MILLRACE_TEST_PORT_OFFSET'] ?? 0) + PORTS_ABOVE;
}
