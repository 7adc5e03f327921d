import type { IncomingMessage } from 'node:http';

const BEARER = /^Bearer +(\S+) *$/i;
/**
 * Browsers cannot send headers with a WebSocket: the key comes as a subprotocol, in base64url without padding, as
 * Kubernetes has it for bearer tokens.
 */
export const KEY_PROTOCOL = 'base64url.key.millrace.';

/** The key that a request carries as `Authorization: Bearer <key>`, `X-Api-Key: <key>` or subprotocol, known or not. */
export function givenKey({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const protocol = offered.find((name) => name.startsWith(KEY_PROTOCOL));
  if (protocol !== undefined) return Buffer.from(protocol.slice(KEY_PROTOCOL.length), 'base64url').toString('utf8');
  const own = headers['x-api-key'];
  return BEARER.exec(headers.authorization ?? '')?.[1] ?? (Array.isArray(own) ? own[0] : own);
}
