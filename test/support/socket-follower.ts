import type { RowJson } from '../../src/core/row/row-json';
import { RefusedSocket, SocketClient, type SocketEvent } from './socket-client';
import { waitUntil } from './wait-until';

/**
 * A client of the WebSocket that outlives services. It begins with a snapshot; when the socket ends, it goes on after
 * the last position that it was told, at the service whose address `current` gives by then.
 */
export class SocketFollower {
  sockets = 0;
  snapshots = 0;
  private readonly newest = new Map<string, RowJson>();
  private client: SocketClient | undefined;
  private at: string | undefined;
  private closed = false;
  private readonly ended: Promise<void>;

  constructor(
    private readonly pipeline: string,
    private readonly current: () => string,
  ) {
    this.ended = this.follow();
    this.ended.catch(() => undefined);
  }

  /** The newest version of each row, as the socket gave it. */
  rows(): readonly RowJson[] {
    return [...this.newest.values()];
  }

  /** Throws what ended the following. */
  async close(): Promise<void> {
    this.closed = true;
    this.client?.close();
    await this.ended;
  }

  private async follow(): Promise<void> {
    while (!this.closed) {
      this.client = await this.open();
      this.client.say({ op: 'subscribe', id: '1', pipeline: this.pipeline, ...(this.at && { after: this.at }) });
      for await (const event of this.client.all()) this.take(event);
    }
  }

  private open(): Promise<SocketClient> {
    return waitUntil(`a service opens a socket for ${this.pipeline}`, async () => {
      const client = await SocketClient.open(this.current()).catch(unlessRefused);
      if (client) this.sockets++;
      return client;
    });
  }

  private take({ event, at, rows = [], cursor, problem }: SocketEvent): void {
    if (problem) throw new Error(problem.detail);
    if (cursor !== undefined) throw new Error('The snapshot is larger than this follower reads.');
    if (event === 'snapshot') {
      this.snapshots++;
      this.newest.clear();
    }
    for (const row of rows) {
      const identity = JSON.stringify([row.key, row.window?.start]);
      const held = this.newest.get(identity);
      if (!held || BigInt(row.revision) > BigInt(held.revision)) this.newest.set(identity, row);
    }
    this.at = at ?? this.at;
  }
}

/** A refused connection and a service that stops pass; any other answer is a fault. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof RefusedSocket && error.status !== 503) throw error;
  return undefined;
}
