import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  Optional,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Access, openAccess } from '../../access/access';
import { Catalogue } from '../../api/catalogue';
import { LiveService } from '../live.service';
import { LiveSocket } from './live-socket';
import { refusalOf, refuse, SUBPROTOCOL } from './upgrade';

export const SOCKET_PATH = '/v1/live';
const BEAT_MS = 15_000;
const MAX_SOCKETS = 5_000;
/** Clients only subscribe. */
const MAX_MESSAGE_BYTES = 32 * 1024;

/** The WebSockets of this process, at `/v1/live`. */
@Injectable()
export class LiveSockets implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sockets = new Set<LiveSocket>();
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  });
  private heart: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly catalogue: Catalogue,
    private readonly live: LiveService,
    @Optional() @Inject(Access) private readonly access: Access = openAccess(),
  ) {}

  onApplicationBootstrap(): void {
    const server = this.http.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.heart = setInterval(() => this.sockets.forEach((socket) => socket.beat()), BEAT_MS);
    this.heart.unref();
  }

  /** Clients resume at another replica. */
  beforeApplicationShutdown(): void {
    this.closing = true;
    clearInterval(this.heart);
    this.sockets.forEach((socket) => socket.close('The service stops; come back after the last position.'));
  }

  private upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    // It may break before it is a socket.
    connection.on('error', () => connection.destroy());
    const refusal = refusalOf(request, SOCKET_PATH, this.access) ?? this.noRoom();
    if (refusal) {
      refuse(connection, refusal);
      return;
    }
    this.server.handleUpgrade(request, connection, head, (socket) => {
      const client = new LiveSocket(socket, { catalogue: this.catalogue, live: this.live });
      this.sockets.add(client);
      const unwatch = this.access.watch(request, 'read', () => client.close('The API key is no longer known.'));
      socket.once('close', () => {
        unwatch();
        this.sockets.delete(client);
      });
    });
  }

  private noRoom(): { status: 503; detail: string } | undefined {
    if (!this.closing && this.sockets.size < MAX_SOCKETS) return undefined;
    return {
      status: 503,
      detail: `This process serves at most ${MAX_SOCKETS} sockets, and none while it shuts down; another may have room.`,
    };
  }
}
