import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A local server in the shape of an upstream, with faults to order. `routes` maps a path to a function of the URL that
 * gives the body: an object is sent as JSON, text as CSV. `POST /_faults` with `{kind, times, ...}` orders a fault from
 * another process; see `FAULTS` for what there is.
 */
export async function startUpstream(routes, { port = 0, host = '127.0.0.1' } = {}) {
  const upstream = new Upstream(routes);
  const server = createServer((request, response) => {
    upstream.answer(request, response).catch((error) => response.destroy(error));
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  upstream.url = `http://${host}:${server.address().port}`;
  upstream.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return upstream;
}

class Upstream {
  /** Of each request, in order: path with query, and headers. */
  requests = [];
  #faults = [];
  #before = new Map();

  constructor(routes) {
    this.routes = routes;
  }

  /** The next `times` answers are spoilt so; several orders follow each other. */
  order(fault, times = 1) {
    if (!(fault.kind in FAULTS))
      throw new Error(`no fault "${fault.kind}"; there are ${Object.keys(FAULTS).join(', ')}`);
    for (let i = 0; i < times; i++) this.#faults.push(fault);
  }

  async answer(request, response) {
    const url = new URL(request.url, 'http://upstream');
    if (url.pathname === '/_faults' && request.method === 'POST') return this.#takeOrder(request, response);
    this.requests.push({ path: request.url, headers: request.headers });
    const route = this.routes[url.pathname];
    if (!route) return response.writeHead(404, { 'content-type': 'text/plain' }).end('no such path');
    const answer = this.#normal(await route(url, request));
    const before = this.#before.get(url.pathname) ?? answer;
    this.#before.set(url.pathname, answer);
    const fault = this.#faults.shift();
    if (fault) return FAULTS[fault.kind]({ response, answer, before, ...fault });
    if (answer.etag && request.headers['if-none-match'] === answer.etag) {
      return response.writeHead(304, { etag: answer.etag }).end();
    }
    send(response, answer);
  }

  #normal(given) {
    const {
      body,
      etag,
      headers = {},
    } = given !== null && typeof given === 'object' && 'body' in given ? given : { body: given };
    const isText = typeof body === 'string';
    const type = isText ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8';
    const text = isText ? body : JSON.stringify(body);
    return { text, etag, headers: { 'content-type': type, ...(etag && { etag }), ...headers } };
  }

  async #takeOrder(request, response) {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { times = 1, ...fault } = JSON.parse(text);
    this.order(fault, times);
    response.writeHead(204).end();
  }
}

/** What can be ordered. */
const FAULTS = {
  /** The answer comes after `ms`. */
  slow: async ({ response, answer, ms }) => {
    await delay(ms);
    if (!response.destroyed) send(response, answer);
  },
  /** Another status, with `retryAfter` (seconds or a date) if given. */
  status: ({ response, status, retryAfter }) => {
    const headers = { 'content-type': 'text/plain', ...(retryAfter !== undefined && { 'retry-after': retryAfter }) };
    response.writeHead(status, headers).end('try again later');
  },
  /** A page for people, with status 200: what proxies and maintenance pages send. */
  html: ({ response }) => {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!DOCTYPE html><html><body>Maintenance</body></html>');
  },
  /** Half of the body, then the connection ends. */
  truncated: ({ response, answer }) => {
    const bytes = Buffer.from(answer.text);
    response.writeHead(200, { ...answer.headers, 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  },
  /** Half of the body as if it were the whole. */
  halved: ({ response, answer }) => send(response, { ...answer, text: answer.text.slice(0, answer.text.length / 2) }),
  /** No answer at all. */
  cut: ({ response }) => response.destroy(),
  /** Every `from` in the body is a `to`: a renamed field, a time in the future, a negative price. */
  edited: ({ response, answer, from, to }) => send(response, { ...answer, text: answer.text.replaceAll(from, to) }),
  /** The same edit, once. */
  'edited-once': ({ response, answer, from, to }) => send(response, { ...answer, text: answer.text.replace(from, to) }),
  /** The answer of the request before. */
  repeated: ({ response, before }) => send(response, before),
  /** An answer of so many bytes more. */
  huge: ({ response, answer, bytes }) => send(response, { ...answer, text: answer.text + ' '.repeat(bytes) }),
};

function send(response, { text, headers }) {
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
}
