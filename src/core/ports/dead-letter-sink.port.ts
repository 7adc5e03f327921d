import type { DeadLetter } from '../task/dead-letter';

/** Takes what cannot be processed. `write` resolves when all are stored; it may store one twice, never lose one. */
export interface DeadLetterSink {
  write(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void>;
}
