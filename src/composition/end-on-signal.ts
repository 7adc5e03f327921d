import type { INestApplication } from '@nestjs/common';

import { messageOf } from '../core/errors';
import type { Log } from '../core/ports/log.port';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** After the flush's own budget: for HTTP connections and clients to close. */
const MARGIN_MS = 4_000;

/**
 * Ends the process in order on SIGTERM or SIGINT: exit code 0 once everything is flushed and closed, 1 when that fails
 * or takes longer than `flushMs` and a margin; whatever is then unwritten, the next owner does again.
 */
export function endOnSignal(app: INestApplication, log: Log, flushMs: number): void {
  let ending = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      log.info({ event: 'service.stopping', signal }, `Stopping on ${signal}`);
      setTimeout(() => exit(log, 1, 'the time for it is over'), flushMs + MARGIN_MS).unref();
      app.close().then(
        () => exit(log, 0, 'everything is flushed'),
        (error: unknown) => exit(log, 1, messageOf(error)),
      );
    });
  }
}

function exit(log: Log, code: number, reason: string): void {
  log.info({ event: 'service.stopped', code, reason }, `Stopped: ${reason}`);
  process.exit(code);
}
