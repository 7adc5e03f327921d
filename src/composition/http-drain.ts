import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 20;

/**
 * Lets a server that is about to close finish what it was asked. A client that keeps its connection cannot know that the server
 * goes, and would lose the request that it sends into the closing: while draining, each answer tells it to close.
 */
export class HttpDrain {
  private inFlight = 0;
  private draining = false;

  constructor(private readonly server: Server) {
    // Before whoever answers.
    server.prependListener('request', (_request, response) => {
      this.inFlight += 1;
      response.once('close', () => (this.inFlight -= 1));
      if (this.draining) response.setHeader('connection', 'close');
    });
  }

  /** Resolves when nothing is being answered and no connection is open, or after `deadlineMs`: streams have no end. */
  async drained(deadlineMs: number): Promise<void> {
    this.draining = true;
    const end = performance.now() + deadlineMs;
    while (performance.now() < end && (this.inFlight > 0 || (await this.connections()) > 0)) await delay(LOOK_MS);
  }

  private connections(): Promise<number> {
    return new Promise((resolve) => this.server.getConnections((error, count) => resolve(error ? 0 : count)));
  }
}
