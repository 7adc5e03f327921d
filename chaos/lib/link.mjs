import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/**
 * The network between one replica and one server: a socket file that leads to the server's port. `silence` holds all bytes
 * back, as a lost route does; `sever` breaks connections and refuses new ones, as a firewall does.
 */
export class Link {
  sockets = new Set();
  state = 'open';

  constructor(file, port) {
    Object.assign(this, { file, port });
  }

  async open() {
    rmSync(this.file, { force: true });
    this.server = createServer((near) => this.join(near)).listen(this.file);
    await once(this.server, 'listening');
  }

  silence() {
    this.state = 'silent';
    for (const socket of this.sockets) socket.pause();
  }

  sever() {
    this.state = 'severed';
    for (const socket of this.sockets) socket.destroy();
  }

  mend() {
    this.state = 'open';
    for (const socket of this.sockets) socket.resume();
  }

  close() {
    this.sever();
    this.server.close();
  }

  join(near) {
    if (this.state === 'severed') return void near.destroy();
    const far = connect({ host: '127.0.0.1', port: this.port, noDelay: true });
    for (const [from, into] of [
      [near, far],
      [far, near],
    ]) {
      this.sockets.add(from);
      from.on('data', (bytes) => this.pass(bytes, from, into));
      // An end that breaks takes the other with it; `close` follows each error.
      from.on('error', () => {});
      from.on('close', () => {
        this.sockets.delete(from);
        into.destroy();
      });
      if (this.state === 'silent') from.pause();
    }
  }

  pass(bytes, from, into) {
    if (into.write(bytes)) return;
    from.pause();
    into.once('drain', () => this.state === 'open' && from.resume());
  }
}
