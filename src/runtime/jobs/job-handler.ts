import type { JsonValue } from '../../core/json';

export interface JobRun {
  readonly id: string;
  /** Aborts when the job is no more this worker's, or the process ends. */
  readonly signal: AbortSignal;
  /** Shown to who asks for the job. */
  progress(progress: JsonValue): void;
}

/**
 * Does jobs of one kind. A job may be begun again after any failure, so that doing a part of it twice must do no harm.
 * Throws ConfigError, FatalError or FencedError when it can never be done; after any other error it is begun again, later.
 */
export interface JobHandler {
  readonly kind: string;
  run(input: JsonValue, run: JobRun): Promise<JsonValue>;
}
