import type { ServerResponse } from 'node:http';
import { eventText, type LiveEvent, type LiveOutlet } from './live-outlet';

/** After how long a client comes back when its stream ends. */
export const RETRY_MS = 1_000;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  Connection: 'keep-alive',
  // Keeps nginx from holding events back.
  'X-Accel-Buffering': 'no',
};

/** One client's event stream; the wire format of the HTML standard, section 9.2. */
export class SseStream implements LiveOutlet {
  private blocked = false;

  constructor(private readonly response: ServerResponse) {
    response.on('drain', () => (this.blocked = false));
  }

  /** Whether the client has not taken what was sent before. */
  get isBlocked(): boolean {
    return this.blocked;
  }

  get isClosed(): boolean {
    return this.response.writableEnded || this.response.destroyed;
  }

  open(): void {
    this.response.writeHead(200, HEADERS);
    this.write(`retry: ${RETRY_MS}\n\n`);
  }

  send(event: LiveEvent): void {
    this.write(`event: ${event.event}\nid: ${event.id}\ndata: {${eventText(event)}}\n\n`);
  }

  /** Keeps proxies from closing the stream, and tells how far the client has read although no row was for it. */
  heartbeat(id: string): void {
    this.write(`: heartbeat\nid: ${id}\n\n`);
  }

  /** Calls back once: when the client can take more, or is gone. At once if it can already. */
  whenReady(callback: () => void): void {
    if (!this.blocked || this.isClosed) {
      callback();
      return;
    }
    const { response } = this;
    const settle = (): void => {
      response.off('drain', settle);
      response.off('close', settle);
      callback();
    };
    response.once('drain', settle);
    response.once('close', settle);
  }

  ready(): Promise<void> {
    return new Promise((resolve) => this.whenReady(resolve));
  }

  onClose(callback: () => void): void {
    this.response.once('close', callback);
  }

  close(): void {
    if (!this.isClosed) this.response.end();
  }

  private write(text: string): void {
    if (!this.isClosed) this.blocked = !this.response.write(text);
  }
}
