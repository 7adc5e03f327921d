import type { LoggerService } from '@nestjs/common';
import type { Log, LogFields } from '../core/ports/log.port';

type Level = keyof Log;

/**
 * What is said through Nest's `Logger`, as JSON lines. Our modules pass an object with an `event`, which keeps its name
 * and fields; Nest's own texts get the event `nest.message`. `context` is the part that speaks.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly target: Log) {}

  /** What Nest tells of its own wiring helps nobody who operates the service; what our modules tell does. */
  log(message: unknown, ...rest: unknown[]): void {
    this.write(isEvent(message) ? 'info' : 'debug', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    const [stack] = rest;
    this.write('error', message, rest, rest.length > 1 && stack !== undefined ? { stack } : {});
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.debug(message, ...rest);
  }

  /** Nest passes the context last. */
  private write(
    level: Level,
    said: unknown,
    rest: readonly unknown[],
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    const context = rest.at(-1);
    const fields = { ...(typeof context === 'string' && { context }), ...more };
    if (!isEvent(said)) {
      this.target[level]({ event: 'nest.message', ...fields }, said instanceof Error ? said.message : String(said));
      return;
    }
    const { message = said.reason ?? said.event, ...event } = said;
    this.target[level]({ ...fields, ...event }, String(message));
  }
}

function isEvent(said: unknown): said is LogFields {
  return typeof said === 'object' && said !== null && 'event' in said && typeof said.event === 'string';
}
