import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type TestServers, testServers } from './servers';

const STACK = join(__dirname, '..', '..', 'stack', 'stack.mjs');
/** Beside the servers that all tests share. */
const PORTS_ABOVE = 1_000;
const DEADLINE_MS = 180_000;

const run = promisify(execFile);

/** A second set of real servers, which tests may break. Each server runs once it is started. */
export const ownServers = {
  /** Resolves when the server answers; does nothing when it does already. */
  start: (server: 'kafka' | 'cassandra') => stack('start', server),
  /** Resolves, after SIGKILL and SIGTERM, when it is gone. */
  signal: (server: 'kafka' | 'cassandra', signal: NodeJS.Signals) => stack('kill', server, '--signal', signal),
};

/** The shared servers, but for those of the second set that `own` names. */
export function serversWithOwn(...own: readonly ('kafka' | 'cassandra')[]): Pick<TestServers, 'kafka' | 'cassandra'> {
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
