import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const STOP_MS = 15_000;
const living = new Set();
process.on('exit', killChildren);

/** Ends what is being measured at once; the measurement then fails. */
export function killChildren() {
  for (const child of living) child.kill('SIGKILL');
}

/** A process under measurement: its output goes to a log and, line by line, to `onLine`. */
export class Child {
  constructor({ command, args, env = {}, cwd, log, onLine = () => {} }) {
    this.log = log;
    this.startMs = Date.now();
    this.process = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.pid = this.process.pid;
    living.add(this.process);
    const file = createWriteStream(log);
    this.process.stdout.pipe(file);
    this.process.stderr.pipe(file);
    createInterface({ input: this.process.stdout }).on('line', onLine);
    this.ended = new Promise((resolve) => {
      this.process.on('error', (error) => resolve(error.message));
      this.process.on('exit', (code, signal) => resolve(`exit ${code ?? signal}`));
    }).finally(() => living.delete(this.process));
    this.ended.then((how) => (this.end = how));
  }

  tail() {
    return readFileSync(this.log, 'utf8').slice(-2000);
  }

  async stop() {
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_MS);
    await this.ended;
    clearTimeout(timer);
  }
}
