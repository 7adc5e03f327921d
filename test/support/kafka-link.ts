import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { testServers } from './servers';

/** Of the Kafka protocol. */
export const API = { addPartitionsToTxn: 24, endTxn: 26 } as const;

interface Watch {
  readonly apiKey: number;
  /** Whether the request reaches the broker; its answer does not come back in any case. */
  readonly isForwarded: boolean;
  readonly seen: () => void;
}

/**
 * The network between a service and the broker of the tests, which knows what passes: at a request of one kind it tells
 * the test and holds everything up, as if the process had died on that very line.
 */
export class KafkaLink {
  private readonly sockets = new Set<Socket>();
  private watch: Watch | undefined;
  private isHeld = false;

  private constructor(
    private readonly server: Server,
    private readonly broker: { readonly host: string; readonly port: number },
    private readonly port: number,
  ) {}

  static async open(): Promise<KafkaLink> {
    const [host = '', port = ''] = testServers().kafka[0]!.split(':');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const link = new KafkaLink(server, { host, port: Number(port) }, (server.address() as { port: number }).port);
    server.on('connection', (near) => link.join(near));
    return link;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Resolves when the next request of this kind passes; nothing passes after it. */
  holdAt(apiKey: number, { isForwarded }: { isForwarded: boolean }): Promise<void> {
    return new Promise((resolve) => (this.watch = { apiKey, isForwarded, seen: resolve }));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket): void {
    const far = connect(this.broker);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => other.destroy());
    }
    const frames = new Frames();
    near.on('data', (chunk: Buffer) => {
      for (const frame of frames.push(chunk)) this.pass(frame, far);
    });
    far.on('data', (chunk: Buffer) => {
      if (!this.isHeld) near.write(this.leadingHere(chunk));
    });
  }

  private pass(frame: Buffer, far: Socket): void {
    const { watch } = this;
    if (this.isHeld) return;
    if (!watch || frame.readInt16BE(4) !== watch.apiKey) return void far.write(frame);
    this.isHeld = true;
    if (watch.isForwarded) far.write(frame);
    watch.seen();
  }

  /** Brokers tell clients where they listen: host as text, then the port in four bytes. */
  private leadingHere(chunk: Buffer): Buffer {
    const [from, to] = [this.broker.port, this.port].map((port) => {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(port);
      return Buffer.concat([Buffer.from(this.broker.host), bytes]);
    });
    for (let at = chunk.indexOf(from!); at !== -1; at = chunk.indexOf(from!, at + 1)) to!.copy(chunk, at);
    return chunk;
  }
}

/** Cuts a stream into requests: a length of four bytes, then the request, which begins with its kind. */
class Frames {
  private rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Buffer[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const frames: Buffer[] = [];
    while (this.rest.length >= 4 && this.rest.length >= 4 + this.rest.readInt32BE(0)) {
      const end = 4 + this.rest.readInt32BE(0);
      frames.push(this.rest.subarray(0, end));
      this.rest = this.rest.subarray(end);
    }
    return frames;
  }
}
