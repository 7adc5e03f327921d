import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a server says of a write: that it gave up, although it may have made it; or that it did not begin. */
export type WriteAnswer = 'write time-out' | 'overloaded';

const HEADER_BYTES = 9;
const [STREAM_AT, OPCODE_AT, LENGTH_AT] = [2, 4, 5] as const;
const OPCODE = { error: 0x00, execute: 0x0a, batch: 0x0d } as const;
const CODE: Readonly<Record<WriteAnswer, number>> = { 'write time-out': 0x1100, overloaded: 0x1001 };
/** Consistency LOCAL_QUORUM, none of one replica has answered, in a simple write; native protocol v4, section 9. */
const TIME_OUT_DETAIL = Buffer.concat([Buffer.from([0, 6, 0, 0, 0, 0, 0, 0, 0, 1, 0, 6]), Buffer.from('SIMPLE')]);
const RESPONSE = 0x80;

/**
 * A way to a real Cassandra on which a test can have writes answered otherwise. One that times out has been made: its
 * outcome is unknown to the client only. One that finds the server overloaded never reaches it.
 */
export class CassandraLink {
  /** While set, what every write gets. */
  answer: WriteAnswer | undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly to: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (near) => this.join(near));
  }

  static async to(target: { readonly host: string; readonly port: number }): Promise<CassandraLink> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CassandraLink(server, target);
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private join(near: Socket): void {
    const far = connect(this.to);
    /** Requests that the server answers and the client hears otherwise of. */
    const unknown = new Map<number, WriteAnswer>();
    near.on(
      'data',
      framewise((frame) => {
        const answer = isWrite(frame) ? this.answer : undefined;
        if (answer === 'overloaded') return void near.write(errorFrame(frame, answer));
        if (answer) unknown.set(frame.readInt16BE(STREAM_AT), answer);
        far.write(frame);
      }),
    );
    far.on(
      'data',
      framewise((frame) => {
        const stream = frame.readInt16BE(STREAM_AT);
        const answer = unknown.get(stream);
        unknown.delete(stream);
        near.write(answer ? errorFrame(frame, answer) : frame);
      }),
    );
    for (const [from, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      // An end that breaks takes the other with it; `close` follows each error.
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        other.destroy();
      });
    }
  }
}

/** Hands on whole frames, however they are cut into chunks. */
function framewise(take: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= HEADER_BYTES) {
      const length = HEADER_BYTES + rest.readInt32BE(LENGTH_AT);
      if (rest.length < length) return;
      take(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}

/** Prepared statements: the service reads no table while a test has writes answered. */
function isWrite(frame: Buffer): boolean {
  const opcode = frame[OPCODE_AT];
  return opcode === OPCODE.execute || opcode === OPCODE.batch;
}

/** In the place of the answer to a request; `frame` is either of the two. */
function errorFrame(frame: Buffer, answer: WriteAnswer): Buffer {
  const message = Buffer.from(`${answer}, says the test`);
  const detail = answer === 'write time-out' ? TIME_OUT_DETAIL : Buffer.alloc(0);
  const body = Buffer.concat([Buffer.alloc(6), message, detail]);
  body.writeInt32BE(CODE[answer], 0);
  body.writeUInt16BE(message.length, 4);
  const header = Buffer.from(frame.subarray(0, HEADER_BYTES));
  header[0] = header[0]! | RESPONSE;
  header[1] = 0;
  header[OPCODE_AT] = OPCODE.error;
  header.writeInt32BE(body.length, LENGTH_AT);
  return Buffer.concat([header, body]);
}
