import type { LoggerService } from '@nestjs/common';
import type { Log } from '../core/ports/log.port';

/** Nest's own messages as JSON lines: event `nest.message`, the part of Nest that speaks in `context`. */
export class NestLogger implements LoggerService {
  constructor(private readonly target: Log) {}

  /** What Nest tells of its own wiring helps nobody who operates the service. */
  log(message: unknown, ...rest: unknown[]): void {
    this.target.debug(fieldsOf(rest), String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const stack = rest.length > 1 ? { stack: rest[0] } : {};
    this.target.error({ ...fieldsOf(rest), ...stack }, message instanceof Error ? message.message : String(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.target.warn(fieldsOf(rest), String(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.target.debug(fieldsOf(rest), String(message));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.debug(message, ...rest);
  }
}

/** Nest passes the context last. */
function fieldsOf(rest: readonly unknown[]): { event: string; context?: string } {
  const context = rest.at(-1);
  return typeof context === 'string' ? { event: 'nest.message', context } : { event: 'nest.message' };
}
