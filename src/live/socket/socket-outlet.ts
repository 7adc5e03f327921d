import { eventText, type LiveEvent, type LiveOutlet } from '../live-outlet';
import type { SocketWriter } from './socket-writer';

/** One subscription of a socket. Each message is a JSON object with the `id` of the subscription. */
export class SocketOutlet implements LiveOutlet {
  private closed = false;
  private onClosed: (() => void)[] = [];
  private lastId = '';
  private readonly head: string;

  constructor(
    private readonly writer: SocketWriter,
    id: string,
  ) {
    this.head = `{"id":${JSON.stringify(id)},"event":`;
  }

  get isBlocked(): boolean {
    return this.writer.isBlocked;
  }

  get isClosed(): boolean {
    return this.closed || this.writer.isClosed;
  }

  open(): void {
    // The socket is open, and the first event says the rest.
  }

  send(event: LiveEvent): void {
    if (this.isClosed) return;
    this.lastId = event.id;
    this.writer.write(`${this.head}"${event.event}","at":"${event.id}",${eventText(event)}}`);
  }

  /** The socket's own pings say that it lives; a position that is known is not told again. */
  heartbeat(id: string): void {
    if (this.isClosed || id === this.lastId) return;
    this.lastId = id;
    this.writer.write(`${this.head}"position","at":"${id}"}`);
  }

  whenReady(callback: () => void): void {
    if (this.closed) callback();
    else this.writer.whenReady(callback);
  }

  ready(): Promise<void> {
    return new Promise((resolve) => this.whenReady(resolve));
  }

  onClose(callback: () => void): void {
    if (this.closed) callback();
    else this.onClosed.push(callback);
  }

  /** Nothing more comes of it. A client that did not ask for that subscribes again, after the last position it knows. */
  close(): void {
    if (this.closed) return;
    this.writer.write(`${this.head}"ended"}`);
    this.leave();
  }

  /** The client is gone. */
  leave(): void {
    this.closed = true;
    const { onClosed } = this;
    this.onClosed = [];
    for (const callback of onClosed) callback();
  }
}
