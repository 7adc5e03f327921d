import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { testServers } from './servers';
import { CLI } from './service';

/** A command of the built program in a process of its own, on the test servers unless the environment says otherwise. */
export class CommandProcess {
  out = '';
  err = '';
  private readonly child: ChildProcess;
  /** Its exit code; null after a signal. */
  readonly ended: Promise<number | null>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { kafka, redis, cassandra } = testServers();
    const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', CLI, ...args], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        MILLRACE_KAFKA_BROKERS: kafka.join(','),
        MILLRACE_REDIS_URL: redis,
        MILLRACE_CASSANDRA_CONTACT_POINTS: `${cassandra.host}:${cassandra.port}`,
        ...env,
      },
    });
    child.stdout.on('data', (text: Buffer) => (this.out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (this.err += text.toString()));
    this.child = child;
    this.ended = once(child, 'close').then(() => child.exitCode);
  }

  /** Resolves with what it printed. Throws what it said when it did not end well. */
  async done(): Promise<string> {
    const exitCode = await this.ended;
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${this.err}`);
    return this.out;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
