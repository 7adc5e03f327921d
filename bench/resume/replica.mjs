import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../lib/child.mjs';
import { peakMegabytesOf } from '../lib/proc.mjs';

const POLL_MS = 100;

/** One process of the service, as it is deployed. */
export class Replica {
  static #count = 0;

  static async start({ settings, servers, pipeline, folder, env = {} }) {
    const port = await freePort();
    const child = new Child({
      command: process.execPath,
      args: ['--disable-warning=TimeoutNegativeWarning', join(settings.root, 'dist', 'cli.js'), 'start'],
      env: {
        NODE_ENV: 'production',
        MILLRACE_MODE: 'external',
        MILLRACE_PIPELINES: folder,
        // It has no feeds: those of the project would ask the real services.
        MILLRACE_FEEDS: folder,
        MILLRACE_KAFKA_BROKERS: servers.kafka,
        MILLRACE_REDIS_URL: servers.redis,
        MILLRACE_HTTP_PORT: String(port),
        ...env,
      },
      cwd: settings.root,
      log: join(settings.outFolder, `resume-${(Replica.#count += 1)}.log`),
    });
    return new Replica(child, `http://127.0.0.1:${port}/v1/pipelines/${pipeline}`);
  }

  constructor(child, url) {
    Object.assign(this, { child, url });
  }

  /** Resolves with what `found` makes of the pipeline's status, once that is anything; rejects after `timeoutMs`. */
  async until(what, found, timeoutMs = 120_000) {
    const deadlineMs = Date.now() + timeoutMs;
    for (;;) {
      if (this.child.end) throw new Error(`${what}: ${this.child.end}\n${this.child.tail()}`);
      const status = await this.#status();
      const result = status && found(status);
      if (result) return result;
      if (Date.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${what}; ${JSON.stringify(status)}`);
      await sleep(POLL_MS);
    }
  }

  /** Resolves with the partitions of this process once it has `count` of them and all run. */
  owns(count) {
    return this.until(`${count} tasks`, ({ tasks }) => {
      const own = runningOf(tasks);
      return own.length === count && own.map(({ partition }) => partition);
    });
  }

  caughtUp() {
    return this.until('no lag', ({ tasks }) => runningOf(tasks).every(({ lagRecords }) => lagRecords === 0), 600_000);
  }

  get peakMegabytes() {
    return peakMegabytesOf(this.child.pid);
  }

  kill() {
    this.child.process.kill('SIGKILL');
    return this.child.ended;
  }

  stop() {
    return this.child.stop();
  }

  #status() {
    return fetch(this.url, { signal: AbortSignal.timeout(5_000) })
      .then((response) => (response.ok ? response.json() : undefined))
      .catch(() => undefined);
  }
}

/** Those of the process that was asked. */
function runningOf(tasks) {
  return tasks.filter(({ state }) => state === 'running');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
