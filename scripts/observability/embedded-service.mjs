import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startUpstreams } from '../../test/support/upstreams/index.mjs';
import { NODE, ROOT } from '../project.mjs';
import { freePort } from './free-port.mjs';

const READY_MS = 60_000;

/** The service as `npm start` runs it, with upstreams of its own, on a free port. Resolves when it is ready. */
export async function startEmbedded() {
  const upstreams = await startUpstreams();
  const port = await freePort();
  const child = spawn(NODE, ['--disable-warning=TimeoutNegativeWarning', 'dist/cli.js', 'start', '--demo'], {
    cwd: ROOT,
    env: {
      ...{ ...process.env, ...upstreams.environment, MILLRACE_MODE: 'embedded', MILLRACE_LOG_LEVEL: 'warn' },
      ...{ MILLRACE_HTTP_HOST: '127.0.0.1', MILLRACE_HTTP_PORT: String(port) },
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await upstreams.close();
  };
  const url = `http://127.0.0.1:${port}`;
  if (await isReady(url, child)) return { url, address: `127.0.0.1:${port}`, upstreams: upstreams.environment, stop };
  await stop();
  throw new Error(`The embedded service was not ready within ${READY_MS / 1000} s`);
}

async function isReady(url, child) {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}
