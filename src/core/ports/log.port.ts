/** What every log line carries: a stable, dotted event name that alerts and tests can rely on. */
export interface LogFields {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Where adapters and the runtime tell operators what happens; a pino logger is one. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Says nothing. */
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // Silence is what it is for.
}
