import pino, { type DestinationStream, type Logger } from 'pino';

/** A pino logger; it is a `Log` (src/core/ports) too. */
export type MillraceLogger = Logger;

/**
 * JSON lines with `time` (ISO 8601), `level` (a word), `event` (a stable name), `message` and the event's own fields.
 * Secrets that slip into fields are hidden. `fields` are asked for with each line.
 */
export function createLogger(
  level: string,
  destination: DestinationStream = pino.destination(1),
  fields?: () => object,
): MillraceLogger {
  return pino(
    {
      level,
      ...(fields && { mixin: fields }),
      base: { service: 'millrace' },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ['password', '*.password', '*.sasl', 'authorization', '*.authorization'], censor: '***' },
    },
    destination,
  );
}

/** The same log for lines that no level may leave out; only `silent` does. */
export function auditLogOf(log: MillraceLogger): MillraceLogger {
  return log.level === 'silent' ? log : log.child({}, { level: 'info' });
}
