import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers are no pages: nothing in them runs, loads or is framed. The page says its own policy. */
const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** The pages of the OpenAPI package bring a style of their own. */
const DOCS_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const ONE_YEAR_S = 31_536_000;

const HEADERS: ReadonlyMap<string, string> = new Map([
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['X-Permitted-Cross-Domain-Policies', 'none'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
]);

/** Sets what browsers are told of every answer, as the OWASP cheat sheet on HTTP headers has it; handlers may say otherwise. */
export function securityHeaders(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  for (const [name, value] of HEADERS) response.setHeader(name, value);
  const isOfDocs = /^\/docs(?:[/?]|$)/i.test(request.url ?? '');
  response.setHeader('Content-Security-Policy', isOfDocs ? DOCS_POLICY : POLICY);
  // The service itself speaks no TLS: a proxy that does says so.
  if (request.headers['x-forwarded-proto'] === 'https') {
    response.setHeader('Strict-Transport-Security', `max-age=${ONE_YEAR_S}`);
  }
  next();
}
