import type { RawData, WebSocket } from 'ws';
import type { Catalogue } from '../../api/catalogue';
import { problemOf } from '../../api/problem-details.filter';
import { liveRequest } from '../live-request';
import type { LiveService } from '../live.service';
import { badMessage, parseSocketMessage, queryOf, type SocketMessage, type Subscribe } from './socket-message';
import { SocketOutlet } from './socket-outlet';
import { SocketWriter } from './socket-writer';

const MAX_SUBSCRIPTIONS = 50;
/** Pings in a row without an answer. */
const MAX_UNANSWERED = 3;
/** As RFC 6455 has it: an endpoint that goes away. */
const GOING_AWAY = 1001;

export interface LiveSocketParts {
  readonly catalogue: Catalogue;
  readonly live: LiveService;
}

/** One client that follows any number of pipelines over one WebSocket. */
export class LiveSocket {
  private readonly writer: SocketWriter;
  private readonly outlets = new Map<string, SocketOutlet>();
  private unanswered = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly parts: LiveSocketParts,
  ) {
    this.writer = new SocketWriter(socket);
    socket.on('message', (data, isBinary) => void this.onMessage(data, isBinary));
    socket.on('pong', () => (this.unanswered = 0));
    // Too large a message, or no WebSocket frame: the library closes with the code that says so.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      for (const outlet of this.outlets.values()) outlet.leave();
      this.outlets.clear();
    });
  }

  /** To be called at regular intervals: a client that answers no pings is cut off. */
  beat(): void {
    if (this.unanswered >= MAX_UNANSWERED) {
      this.socket.terminate();
      return;
    }
    this.unanswered++;
    if (!this.writer.isClosed) this.socket.ping();
  }

  close(reason: string): void {
    this.socket.close(GOING_AWAY, reason);
  }

  /** Never rejects: what is wrong with a message is its client's to know. */
  private async onMessage(data: RawData, isBinary: boolean): Promise<void> {
    let id: string | undefined;
    try {
      if (isBinary) throw badMessage('Send text; binary messages are not read.');
      const message = parseSocketMessage((data as Buffer).toString('utf8'));
      id = message.id;
      await this.obey(message);
    } catch (thrown) {
      this.writer.write(
        JSON.stringify({ ...(id !== undefined && { id }), event: 'refused', problem: problemOf(thrown) }),
      );
    }
  }

  private async obey(message: SocketMessage): Promise<void> {
    switch (message.op) {
      case 'subscribe':
        return this.subscribe(message);
      case 'unsubscribe':
        this.outlets.get(message.id)?.close();
        return undefined;
    }
  }

  private async subscribe(message: Subscribe): Promise<void> {
    const { id, pipeline, after } = message;
    if (this.outlets.has(id)) throw badMessage(`There is a subscription "${id}"; unsubscribe it, or take another id.`);
    if (this.outlets.size >= MAX_SUBSCRIPTIONS) {
      throw badMessage(`A socket has at most ${MAX_SUBSCRIPTIONS} subscriptions; open another.`);
    }
    const request = liveRequest(this.parts.catalogue, pipeline, queryOf(message), after);
    const outlet = new SocketOutlet(this.writer, id);
    this.outlets.set(id, outlet);
    outlet.onClose(() => this.outlets.delete(id));
    try {
      await this.parts.live.serve(request, outlet);
    } catch (error) {
      outlet.leave();
      throw error;
    }
  }
}
