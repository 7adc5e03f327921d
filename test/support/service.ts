import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from './free-port';
import { testServers } from './servers';
import { waitUntil } from './wait-until';

const ROOT = join(__dirname, '..', '..');
export const CLI = join(ROOT, 'dist', 'cli.js');
const LOGS = join(ROOT, 'test-results');

/** A folder that has none. */
export const NO_FEEDS = join(ROOT, 'test', 'support', 'no-feeds');

/** One line of the service's log. */
export interface LogLine {
  readonly event: string;
  readonly level: string;
  readonly message: string;
}

/** A service in a process of its own, on the test servers unless the environment says otherwise. */
export class ServiceProcess {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly exited: Promise<unknown>,
    readonly logFile: string,
  ) {}

  static async start(
    name: string,
    env: Record<string, string> = {},
    args: readonly string[] = [],
  ): Promise<ServiceProcess> {
    const port = await freePort();
    const { kafka, redis, cassandra } = testServers();
    const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', CLI, 'start', ...args], {
      cwd: ROOT,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        MILLRACE_HTTP_PORT: String(port),
        MILLRACE_HTTP_HOST: '127.0.0.1',
        MILLRACE_KAFKA_BROKERS: kafka.join(','),
        MILLRACE_REDIS_URL: redis,
        MILLRACE_CASSANDRA_CONTACT_POINTS: `${cassandra.host}:${cassandra.port}`,
        // Feeds of the project would ask the real services.
        MILLRACE_FEEDS: NO_FEEDS,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    mkdirSync(LOGS, { recursive: true });
    const logFile = join(LOGS, `${name}-${child.pid}.log`);
    const log = createWriteStream(logFile);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    return new ServiceProcess(`http://127.0.0.1:${port}`, child, once(child, 'exit'), logFile);
  }

  /** Resolves once `/health/ready` says so. */
  async ready(): Promise<this> {
    await waitUntil(
      `${this.url} is ready, see ${this.logFile}`,
      async () => (await this.status('/health/ready')) === 200,
    );
    return this;
  }

  /** Dies at once, as by the kernel's hand. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Ends in order; resolves with the exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    await this.exited;
    return this.child.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** What it logged of one event, the oldest first. */
  logged(event: string): LogLine[] {
    if (!existsSync(this.logFile)) return [];
    const lines = readFileSync(this.logFile, 'utf8').split('\n').slice(0, -1);
    return lines.flatMap((line) => {
      const parsed = line.startsWith('{') ? (JSON.parse(line) as LogLine) : undefined;
      return parsed?.event === event ? [parsed] : [];
    });
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async status(path: string): Promise<number | undefined> {
    if (this.hasExited) throw new Error(`The service ended, see ${this.logFile}`);
    return fetch(this.url + path, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.arrayBuffer().then(() => response.status),
      () => undefined,
    );
  }

  async json<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    // What fetch itself parses has the prototypes of another realm under jest, and is equal to nothing made here.
    return JSON.parse(await response.text()) as T;
  }
}
