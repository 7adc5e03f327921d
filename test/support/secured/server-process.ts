import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

import { waitUntil } from '../wait-until';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

const START_MS = 150_000;
const ASK_EVERY_MS = 250;

/** A server that one test has started, and nobody else uses. Its output is in a file. */
export class ServerProcess {
  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
    private readonly logFile: string,
  ) {}

  static start(name: string, { command, args }: Command, logFile: string): ServerProcess {
    const log = openSync(logFile, 'w');
    try {
      return new ServerProcess(name, spawn(command, args, { stdio: ['ignore', log, log] }), logFile);
    } finally {
      closeSync(log);
    }
  }

  /** Resolves with the first answer; a question that fails is asked again. Rejects with the server's output when it ends. */
  answers<T>(ask: () => Promise<T>): Promise<T> {
    const attempt = async (): Promise<{ answer: T } | undefined> => {
      if (this.hasExited) throw new Error(`${this.name} ended: ${readFileSync(this.logFile, 'utf8').slice(-4_000)}`);
      return ask().then(
        (answer) => ({ answer }),
        () => undefined,
      );
    };
    const found = waitUntil(`${this.name} answers, see ${this.logFile}`, attempt, START_MS, ASK_EVERY_MS);
    return found.then(({ answer }) => answer);
  }

  /** Dies at once; its data are of no use to anyone. */
  async kill(): Promise<void> {
    if (this.hasExited) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  private get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
