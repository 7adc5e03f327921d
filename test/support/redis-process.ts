import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './free-port';

const SETTINGS = ['--bind', '127.0.0.1', '--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'];

/** A Redis of one test's own, which may die without harm to the others. Its append-only file outlives its process. */
export class RedisProcess {
  private readonly folder = mkdtempSync(join(tmpdir(), 'millrace-redis-'));
  private readonly memory = `${this.folder}.remembered`;
  private child: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  /** Where it will be; nothing listens there before {@link start}. */
  static async reserve(): Promise<RedisProcess> {
    return new RedisProcess(await freePort());
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  start(): void {
    const settings = [...SETTINGS, '--port', String(this.port), '--dir', this.folder];
    this.child = spawn('redis-server', settings, { stdio: 'ignore' });
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
