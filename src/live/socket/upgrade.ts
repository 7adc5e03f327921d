import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Access } from '../../access/access';
import { denialProblem } from '../../access/denial-problem';
import { KEY_PROTOCOL } from '../../access/given-key';

/** The protocol that a client offers and the server chooses; a key may be offered beside it. */
export const SUBPROTOCOL = 'millrace.v1';

/** Why a request to open a socket is refused: an HTTP status and what would be right. */
export interface Refusal {
  readonly status: 401 | 403 | 404 | 503;
  readonly detail: string;
}

/** `undefined` lets it through. */
export function refusalOf(request: IncomingMessage, path: string, access: Access): Refusal | undefined {
  if (pathOf(request) !== path) return { status: 404, detail: `A WebSocket is opened at ${path}.` };
  const admitted = access.admit(request, 'read');
  if (typeof admitted !== 'string') return undefined;
  const { status, detail } = denialProblem(admitted, 'read').problem;
  if (status !== 401) return { status: 403, detail };
  return {
    status,
    detail: `Send a key as "Authorization: Bearer <key>", or offer the protocols ${SUBPROTOCOL} and ${KEY_PROTOCOL}<key in base64url>.`,
  };
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
