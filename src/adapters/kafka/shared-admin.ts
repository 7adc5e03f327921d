import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { FatalError, TransientError } from '../../core/errors';
import { placeOf } from './kafka-client';
import { asKafkaError, kafkaErrorType } from './kafka-errors';

/** Far beyond a slow answer, which kafkajs waits 15 s for; one that it forgot would be waited for without end. */
const QUESTION_DEADLINE_MS = 60_000;

/** An admin connection and how many questions are under way over it. */
interface Line {
  readonly opening: Promise<Admin>;
  questions: number;
}

/**
 * One admin connection for all questions of a process, opened by the first. After a failure of the connection, later
 * questions go over a new one; the old one is closed when its last question has ended, because kafkajs fails what is under
 * way over a connection that is closed ("Topic metadata not loaded"), or forgets it.
 */
export class SharedAdmin {
  private line: Line | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly deadlineMs = QUESTION_DEADLINE_MS,
  ) {}

  /**
   * The answer to a question that may be asked twice: once more over a new connection when the first one failed.
   *
   * Throws TransientError or FatalError that names `what` and the brokers, after two deadlines at the latest.
   */
  async ask<T>(what: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    const doing = `${what} at ${placeOf(this.kafka)}`;
    for (let isLast = false; ; isLast = true) {
      const line = this.currentLine();
      line.questions += 1;
      try {
        const answer = line.opening.then((admin) => question(admin));
        return await withDeadline(answer, { doing, ms: this.deadlineMs });
      } catch (thrown) {
        const isLost = isOfConnection(thrown);
        if (isLost && this.line === line) this.line = undefined;
        if (!isLost || isLast) throw asKafkaError(thrown, doing);
      } finally {
        line.questions -= 1;
        if (line.questions === 0 && this.line !== line) void hangUp(line);
      }
    }
  }

  /** Ends when the connection is closed. Questions that are under way fail. */
  async close(): Promise<void> {
    const line = this.line;
    this.line = undefined;
    if (line !== undefined) await hangUp(line);
  }

  private currentLine(): Line {
    return (this.line ??= { opening: this.connect(), questions: 0 });
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}

/** Not an answer of Kafka, and not a verdict of ours on its answers. */
function isOfConnection(thrown: unknown): boolean {
  if (thrown instanceof Unanswered) return true;
  return !(thrown instanceof TransientError || thrown instanceof FatalError) && kafkaErrorType(thrown) === undefined;
}

class Unanswered extends TransientError {}

async function withDeadline<T>(answer: Promise<T>, { doing, ms }: { doing: string; ms: number }): Promise<T> {
  const waiting = new AbortController();
  const overdue = delay(ms, undefined, { ref: false, signal: waiting.signal }).then(() => {
    throw new Unanswered(`${doing}: no answer in ${ms / 1_000} s`);
  });
  overdue.catch(() => undefined);
  try {
    return await Promise.race([answer, overdue]);
  } finally {
    waiting.abort();
  }
}

/** One that never connected has nothing to close. */
async function hangUp(line: Line): Promise<void> {
  await line.opening.then((admin) => admin.disconnect()).catch(() => undefined);
}
