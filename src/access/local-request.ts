import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/;
const LOCAL_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;
/** What proxies add: behind one on this machine every client would look local. */
const ADDED_BY_PROXIES = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/**
 * Whether a request was made on this machine, to a local name. A page of another site that a browser here shows can have its
 * own name lead to 127.0.0.1, but cannot choose the header `Host`.
 */
export function isLocal({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  return (
    LOOPBACK.test(socket.remoteAddress ?? '') &&
    LOCAL_HOST.test(headers.host ?? '') &&
    ADDED_BY_PROXIES.every((name) => headers[name] === undefined)
  );
}

/** Requests of pages carry their origin when it matters; other programs send none. */
export function isOfOtherOrigin({ headers }: Pick<IncomingMessage, 'headers'>, allowed: ReadonlySet<string>): boolean {
  const { origin, host } = headers;
  if (origin === undefined || allowed.has(origin)) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
