import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiKeys } from '../../api/api-keys';

/** The protocol that a client offers and the server chooses; a key may be offered beside it. */
export const SUBPROTOCOL = 'millrace.v1';
/**
 * Browsers cannot send headers with a WebSocket: the key comes as a subprotocol, in base64url without padding, as
 * Kubernetes has it for bearer tokens.
 */
const KEY_PROTOCOL = 'base64url.key.millrace.';

/** Why a request to open a socket is refused: an HTTP status and what would be right. */
export interface Refusal {
  readonly status: 401 | 403 | 404 | 503;
  readonly detail: string;
}

/** `undefined` lets it through. */
export function refusalOf(request: IncomingMessage, path: string, keys: ApiKeys): Refusal | undefined {
  if (pathOf(request) !== path) return { status: 404, detail: `A WebSocket is opened at ${path}.` };
  if (isOfAnotherSite(request)) {
    return { status: 403, detail: 'A page of another origin may not open a socket: browsers would let it read all.' };
  }
  if (!keys.letIn(keyOf(request))) {
    return {
      status: 401,
      detail: `Send a key as "Authorization: Bearer <key>", or offer the protocols ${SUBPROTOCOL} and ${KEY_PROTOCOL}<key in base64url>.`,
    };
  }
  return undefined;
}

/** Answers and ends the connection. */
export function refuse(socket: Duplex, { status, detail }: Refusal): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(detail)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${detail}`);
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

/** Requests of pages carry their origin; other programs send none. */
function isOfAnotherSite({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

function keyOf({ headers }: IncomingMessage): string | undefined {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const protocol = offered.find((name) => name.startsWith(KEY_PROTOCOL));
  if (protocol !== undefined) return Buffer.from(protocol.slice(KEY_PROTOCOL.length), 'base64url').toString('utf8');
  const single = headers['x-api-key'];
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? (Array.isArray(single) ? single[0] : single);
}
