import { once } from 'node:events';
import { WebSocket } from 'ws';

import type { RowJson } from '../../src/core/row/row-json';
import { waitUntil } from './wait-until';

const QUIET_MS = 120_000;
const POLL_MS = 20;

/** What the server says on a socket. */
export interface SocketEvent {
  readonly id?: string;
  readonly event: 'snapshot' | 'rows' | 'position' | 'ended' | 'refused';
  readonly at?: string;
  readonly rows?: readonly RowJson[];
  readonly cursor?: string;
  readonly problem?: { readonly status: number; readonly type: string; readonly detail: string };
}

/** The server did not open a socket. */
export class RefusedSocket extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`status ${status}: ${body}`);
  }
}

/** A client of `/v1/live` that keeps what it was told until the test asks. */
export class SocketClient {
  private readonly events: SocketEvent[] = [];
  /** Code of the closing frame, once the socket is closed. */
  closeCode: number | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.events.push(JSON.parse(data.toString('utf8')) as SocketEvent));
    socket.on('error', () => undefined);
    socket.once('close', (code) => (this.closeCode = code));
  }

  /** Throws {@link RefusedSocket}. */
  static async open(
    url: string,
    { protocols = [], headers = {} }: { protocols?: string[]; headers?: Record<string, string> } = {},
  ): Promise<SocketClient> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/live`, protocols, { headers });
    const client = new SocketClient(socket);
    const refused = new Promise<never>((_, reject) => {
      socket.once('unexpected-response', (_request, response) => {
        response.setEncoding('utf8');
        let body = '';
        response.on('data', (text: string) => (body += text));
        response.once('end', () => reject(new RefusedSocket(response.statusCode ?? 0, body)));
      });
    });
    await Promise.race([once(socket, 'open'), refused]).catch((error: unknown) => {
      client.close();
      throw error;
    });
    return client;
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  next(): Promise<SocketEvent> {
    return waitUntil('the server says something', () => this.events.shift());
  }

  /** The next event of one subscription; those of others stay. */
  nextOf(id: string): Promise<SocketEvent> {
    return waitUntil(`the server says something of ${id}`, () => {
      const at = this.events.findIndex((event) => event.id === id);
      return at < 0 ? undefined : this.events.splice(at, 1)[0];
    });
  }

  /** The events to the end of the socket. */
  async *all(): AsyncGenerator<SocketEvent> {
    for (;;) {
      const event = await waitUntil(
        'the server says something, or ends the socket',
        () => this.events.shift() ?? (this.closeCode === undefined ? undefined : 'closed'),
        QUIET_MS,
        POLL_MS,
      );
      if (event === 'closed') return;
      yield event;
    }
  }

  close(): void {
    this.socket.terminate();
  }
}

export function valuesOf(event: SocketEvent, name: string): readonly unknown[] {
  return (event.rows ?? []).map(({ values }) => values?.[name]);
}
