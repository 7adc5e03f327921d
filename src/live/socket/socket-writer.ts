import type { WebSocket } from 'ws';

/** What a client may leave unread before it counts as blocked. */
const HIGH_WATER_BYTES = 64 * 1024;

/** Writes to one socket, for all its subscriptions, and knows whether the client keeps up. */
export class SocketWriter {
  private waiting: (() => void)[] = [];

  constructor(private readonly socket: WebSocket) {
    socket.once('close', () => this.settle());
  }

  get isBlocked(): boolean {
    return this.socket.bufferedAmount > HIGH_WATER_BYTES;
  }

  get isClosed(): boolean {
    return this.socket.readyState !== this.socket.OPEN;
  }

  write(text: string): void {
    if (this.isClosed) return;
    // An error closes the socket; `close` follows.
    this.socket.send(text, () => {
      if (!this.isBlocked) this.settle();
    });
  }

  /** Calls back once: when the client has taken enough, or is gone. At once if it has already. */
  whenReady(callback: () => void): void {
    if (this.isBlocked && !this.isClosed) this.waiting.push(callback);
    else callback();
  }

  private settle(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const callback of waiting) callback();
  }
}
