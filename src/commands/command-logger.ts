import pino from 'pino';
import { createLogger, type MillraceLogger } from '../config/logger';

const STDERR = 2;

/**
 * Logs of a command, on standard error: its results have standard output for themselves. What a client retries is told
 * by the command's own message; the client's lines show from `MILLRACE_LOG_LEVEL=debug` on.
 */
export function commandLogger(level: string): MillraceLogger {
  const isDetailed = level === 'debug' || level === 'trace';
  return createLogger(isDetailed ? level : 'error', pino.destination({ dest: STDERR, sync: true }));
}
