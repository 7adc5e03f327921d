import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';

import { messageOf } from '../core/errors';
import type { Log } from '../core/ports/log.port';
import { HttpDrain } from './http-drain';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** After the flush's own budget: for HTTP connections and clients to close. */
const MARGIN_MS = 4_000;
/** Of that, for requests that are being answered and for clients to learn that they must connect elsewhere. */
const DRAIN_MS = 1_000;

/**
 * Ends the process in order on SIGTERM or SIGINT: exit code 0 once everything is flushed and closed, 1 when that fails
 * or takes longer than `flushMs` and a margin; whatever is then unwritten, the next owner does again.
 */
export function endOnSignal(app: INestApplication, log: Log, flushMs: number): void {
  let ending = false;
  const drain = new HttpDrain(app.getHttpServer() as Server);
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      log.info({ event: 'service.stopping', signal }, `Stopping on ${signal}`);
      setTimeout(() => exit(log, 1, 'the time for it is over'), flushMs + MARGIN_MS).unref();
      const closed = drain.drained(DRAIN_MS).then(() => app.close());
      closed.then(
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
