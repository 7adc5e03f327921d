import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The network between a service and a real server: a port that leads there, until it is cut. */
export class CuttableLink {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;

  private constructor(private readonly to: { readonly host: string; readonly port: number }) {}

  static async to(target: { readonly host: string; readonly port: number }): Promise<CuttableLink> {
    const link = new CuttableLink(target);
    await link.mend();
    return link;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async mend(): Promise<void> {
    const server = createServer((near) => this.join(near)).listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as { port: number }).port;
    this.server = server;
  }

  /** Open connections break; new ones are refused. */
  async cut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(server, 'close');
  }

  private join(near: Socket): void {
    const far = connect(this.to);
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.pipe(into);
      // An end that breaks takes the other with it; `close` follows each error.
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        into.destroy();
      });
    }
  }
}
