import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ENDED_AGAIN_MS = 500;
const STOP_MS = 40_000;
const POLL_MS = 100;

/** What runs now: it goes when the runner does, however that ends. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** One process of the service. It is started again when it ends by itself, as Kubernetes would. */
export class Replica {
  endedByItself = 0;
  wanted = false;

  constructor({ name, network, clock, env, dist, folder }) {
    Object.assign(this, { name, network, clock, env, dist, log: join(folder, `${name}.log`) });
  }

  start() {
    this.wanted = true;
    const output = openSync(this.log, 'a');
    const [command, args] = this.network.wrap(process.execPath, [
      '--disable-warning=TimeoutNegativeWarning',
      join(this.dist, 'cli.js'),
      'start',
    ]);
    const env = {
      ...{ ...process.env, NODE_OPTIONS: '', MILLRACE_HTTP_PORT: String(this.network.port), MILLRACE_AUTH: 'none' },
      ...{ ...this.env, ...this.clock?.env },
    };
    const child = spawn(command, args, { env, stdio: ['ignore', output, output] });
    this.child = child;
    running.add(child);
    this.exited = once(child, 'exit');
    void this.exited.then(() => {
      running.delete(child);
      this.comeBack(child);
    });
  }

  comeBack(child) {
    if (!this.wanted || child !== this.child) return;
    this.endedByItself++;
    setTimeout(() => this.wanted && child === this.child && this.start(), ENDED_AGAIN_MS);
  }

  async kill() {
    this.wanted = false;
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** In order; resolves with the exit code, or with the signal that had to end it. */
  async stop() {
    this.wanted = false;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    const [code, signal] = await this.exited;
    clearTimeout(timer);
    return code ?? signal;
  }

  pause() {
    this.child.kill('SIGSTOP');
  }

  resume() {
    this.child.kill('SIGCONT');
  }

  /** Resolves once the replica says that it is ready. */
  async ready() {
    const isReady = () => this.json('/health/ready').then(Boolean, () => false);
    while (!(await isReady())) await sleep(POLL_MS);
  }

  /** The JSON of a path; rejects when there is no answer within two seconds. */
  json(path) {
    return new Promise((resolve, reject) => {
      const request = get({ ...this.network.http, path, timeout: 2_000 }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(`${path}: ${response.statusCode} ${text}`));
        });
      });
      request.on('timeout', () => request.destroy(new Error(`${path}: no answer`)));
      request.on('error', reject);
    });
  }
}
