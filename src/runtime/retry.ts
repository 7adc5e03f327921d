import { messageOf, TransientError } from '../core/errors';
import { backOffMs, pause } from './back-off';

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** Called before each wait, with what went wrong. */
  readonly onFailure: (reason: string) => void;
}

/** Thrown when the signal aborts while an attempt is being repeated. */
export class AbortedError extends Error {
  override readonly name = 'AbortedError';
}

/**
 * Repeats `attempt` while it throws TransientError, with back-off, until it succeeds or `signal` aborts.
 * Throws AbortedError on abort, and every other error as it is.
 */
export async function retryTransient<T>(attempt: () => Promise<T>, { signal, onFailure }: RetryOptions): Promise<T> {
  for (let failures = 0; ; failures++) {
    if (signal.aborted) throw new AbortedError('Stopped while waiting for a dependency');
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      onFailure(messageOf(error));
      await pause(backOffMs(failures, Math.random()), signal);
    }
  }
}
