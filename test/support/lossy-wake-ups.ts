import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A published message as Redis sends it to those who listen (RESP2): three parts, the first says `message`. */
const PUBLISHED = Buffer.from('*3\r\n$7\r\nmessage\r\n');
const LINE_END = Buffer.from('\r\n');

/** The network between services and Redis that loses a share of what is published, and nothing else. */
export class LossyWakeUps {
  lost = 0;
  /** Published messages that came from Redis, the lost ones too. */
  published = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly loses: () => boolean,
  ) {}

  /** `loses` is asked for each published message. */
  static async to(
    target: { readonly host: string; readonly port: number },
    loses: () => boolean,
  ): Promise<LossyWakeUps> {
    const server = createServer((near) => link.join(near, connect(target)));
    const link: LossyWakeUps = new LossyWakeUps(server, loses);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  /** Open now. */
  get connections(): number {
    return this.sockets.size / 2;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(near: Socket, far: Socket): void {
    near.pipe(far);
    let rest = Buffer.alloc(0);
    far.on('data', (chunk) => {
      rest = this.forward(Buffer.concat([rest, chunk]), near);
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }

  /** Returns the end of a reply that has not come whole. */
  private forward(bytes: Buffer, near: Socket): Buffer<ArrayBuffer> {
    let from = 0;
    for (let end = endOfReply(bytes, 0); end !== undefined; end = endOfReply(bytes, from)) {
      const reply = bytes.subarray(from, end);
      from = end;
      const isPublished = reply.subarray(0, PUBLISHED.length).equals(PUBLISHED);
      if (isPublished && this.loses()) this.lost++;
      else near.write(reply);
      if (isPublished) this.published++;
    }
    return Buffer.from(bytes.subarray(from));
  }
}

/** Where the reply that begins at `from` ends; `undefined` if not all of it is there. */
function endOfReply(bytes: Buffer, from: number): number | undefined {
  const lineEnd = bytes.indexOf(LINE_END, from);
  if (lineEnd < 0) return undefined;
  const next = lineEnd + LINE_END.length;
  const size = Number(bytes.toString('latin1', from + 1, lineEnd));
  switch (String.fromCharCode(bytes[from]!)) {
    case '$': {
      const end = size < 0 ? next : next + size + LINE_END.length;
      return end <= bytes.length ? end : undefined;
    }
    case '*': {
      let end: number | undefined = next;
      for (let part = 0; part < size && end !== undefined; part++) end = endOfReply(bytes, end);
      return end;
    }
    default:
      return next;
  }
}
