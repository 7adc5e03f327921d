import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Answer, Case } from './case';

const ANSWER_MS = 30_000;
/** The first run fetches Kafka Streams. */
const BUILD_MS = 600_000;
const EMPTY: Case = {
  window: { kind: 'tumbling', sizeMs: 1, advanceMs: 1, graceMs: 0 },
  emit: 'update',
  readings: [],
};

/** Kafka Streams 4.1 in a process of its own, which answers one case after the other. */
export class KafkaStreamsReference {
  private readonly process: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private complaints = '';

  private constructor() {
    this.process = spawn(process.execPath, [join(__dirname, 'reference.mjs')], { stdio: 'pipe' });
    this.process.stderr!.on('data', (chunk) => (this.complaints += String(chunk)));
    this.process.stdin!.on('error', () => undefined); // it has ended, and the missing answer says so
    this.answers = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }

  /** Resolves when it answers; rejects with its complaints when it cannot be built or started. */
  static async start(): Promise<KafkaStreamsReference> {
    const reference = new KafkaStreamsReference();
    try {
      await reference.ask(EMPTY, BUILD_MS);
      return reference;
    } catch (error) {
      await reference.stop();
      throw error;
    }
  }

  /**
   * The table of Kafka Streams' own test driver; one case at a time. Rejects when there is no answer within the
   * deadline, and ends the process then.
   */
  ask({ window, readings }: Case, deadlineMs = ANSWER_MS): Promise<Answer> {
    this.process.stdin!.write(`${JSON.stringify({ window, readings })}\n`);
    return this.nextAnswer(deadlineMs);
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.stdin!.end();
    await gone;
  }

  private async nextAnswer(deadlineMs: number): Promise<Answer> {
    const timer = setTimeout(() => this.process.kill('SIGTERM'), deadlineMs);
    const { value, done } = await this.answers.next();
    clearTimeout(timer);
    if (done) throw new Error(`Kafka Streams ended, or took longer than ${deadlineMs / 1000} s. ${this.complaints}`);
    if (!value.startsWith('{')) throw new Error(`Kafka Streams did not start: ${value} ${this.complaints}`);
    return JSON.parse(value) as Answer;
  }
}
