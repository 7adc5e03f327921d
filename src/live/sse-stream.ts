import type { ServerResponse } from 'node:http';

export interface SseEvent {
  readonly event: string;
  readonly id: string;
  /** Without line breaks. */
  readonly data: string;
}

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  Connection: 'keep-alive',
  // Keeps nginx from holding events back.
  'X-Accel-Buffering': 'no',
};

/** One client's event stream; the wire format of the HTML standard, section 9.2. */
export class SseStream {
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

  /** `retryMs`: after how long the client comes back when the stream ends. */
  open(retryMs: number): void {
    this.response.writeHead(200, HEADERS);
    this.write(`retry: ${retryMs}\n\n`);
  }

  send({ event, id, data }: SseEvent): void {
    this.write(`event: ${event}\nid: ${id}\ndata: ${data}\n\n`);
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
