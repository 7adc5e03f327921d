import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { freePort } from './free-port';
import { waitUntil } from './wait-until';

const SETTINGS = {
  bind: '127.0.0.1',
  appendonly: 'yes',
  appendfsync: 'everysec',
  save: '',
  'maxmemory-policy': 'noeviction',
};

/** A Redis of one test's own, which may die without harm to the others. Its append-only file outlives its process. */
export class RedisProcess {
  private readonly folder = mkdtempSync(join(tmpdir(), 'millrace-redis-'));
  private readonly memory = `${this.folder}.remembered`;
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** Where it will be; nothing listens there before {@link start}. `settings` are those of redis.conf. */
  static async reserve(settings: Readonly<Record<string, string>> = {}): Promise<RedisProcess> {
    return new RedisProcess(await freePort(), settings);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  start(): void {
    const settings = { ...SETTINGS, ...this.settings, port: String(this.port), dir: this.folder };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    this.child = spawn('redis-server', args, { stdio: 'ignore' });
  }

  /** Starts it as a Sentinel, which needs a file that it may write. */
  startSentinel(lines: readonly string[]): void {
    const file = join(this.folder, 'sentinel.conf');
    writeFileSync(file, [`port ${this.port}`, 'bind 127.0.0.1', `dir ${this.folder}`, ...lines, ''].join('\n'));
    this.child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  }

  /** Resolves with the answer to one command, once the server answers. */
  command(name: string, ...args: string[]): Promise<unknown> {
    return waitUntil(`${this.url} answers ${name}`, async () => {
      const redis = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
      redis.on('error', () => undefined);
      try {
        return { answer: await redis.call(name, ...args) };
      } catch (error) {
        // Only a server that is away, or still loads its file, is asked again.
        if ((error as Error).name === 'ReplyError' && !/^LOADING/.test((error as Error).message)) throw error;
        return undefined;
      } finally {
        redis.disconnect();
      }
    }).then(({ answer }) => answer);
  }

  /** Cuts the append-only log off after `percent` of its bytes: what an earlier moment left. Kill it first. */
  forgetBeyond(percent: number): void {
    const folder = join(this.folder, 'appendonlydir');
    const log = readdirSync(folder).find((name) => name.endsWith('.incr.aof'));
    const file = join(folder, log!);
    truncateSync(file, Math.floor((statSync(file).size * percent) / 100));
  }

  /** Dies at once, as by the kernel's hand. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Keeps the append-only file as it is now, wherever the last command in it ends. */
  remember(): void {
    rmSync(this.memory, { recursive: true, force: true });
    cpSync(this.folder, this.memory, { recursive: true });
  }

  /** Goes back to what was remembered; kill it before, and start it after. */
  forget(): void {
    rmSync(this.folder, { recursive: true });
    cpSync(this.memory, this.folder, { recursive: true });
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true });
    rmSync(this.memory, { recursive: true, force: true });
  }
}
