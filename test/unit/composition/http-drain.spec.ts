import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpDrain } from '../../../src/composition/http-drain';

describe('an HTTP server that is about to close', () => {
  let server: Server;
  let drain: HttpDrain;
  let agent: Agent;
  let release: () => void;

  beforeEach(async () => {
    agent = new Agent({ keepAlive: true });
    const held = new Promise<void>((resolve) => (release = resolve));
    server = createServer((request, response) => {
      if (request.url === '/held') void held.then(() => response.end('late'));
      else response.end('now');
    });
    drain = new HttpDrain(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(async () => {
    agent.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const ask = (path: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      get({ port, path, agent, host: '127.0.0.1' }, (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer));
      }).once('error', reject);
    });

  it('keeps connections open before', async () => {
    expect((await ask('/')).headers.connection).toBe('keep-alive');
  });

  it('tells clients that keep theirs to close, and then has none', async () => {
    await ask('/');
    const drained = drain.drained(20_000);
    expect((await ask('/')).headers.connection).toBe('close');
    await drained;
    expect(agent.freeSockets).toEqual({});
  });

  it('waits for a request that is being answered', async () => {
    const answer = ask('/held');
    await once(server, 'request');
    const order: string[] = [];
    const drained = drain.drained(20_000).then(() => order.push('drained'));
    const answered = answer.then(() => {
      order.push('answered');
      agent.destroy();
    });
    release();
    await Promise.all([drained, answered]);
    expect(order).toEqual(['answered', 'drained']);
  });

  it('does not wait longer than the deadline for a stream that has no end', async () => {
    const answer = ask('/held');
    await once(server, 'request');
    await drain.drained(50);
    release();
    expect((await answer).statusCode).toBe(200);
  });

  it('is done at once when nobody is connected', async () => {
    await drain.drained(20_000);
  });
});
