import type { NestExpressApplication } from '@nestjs/platform-express';

/** What pages of other origins may read beside the body. */
const READABLE = [
  ...['Location', 'Retry-After', 'RateLimit', 'RateLimit-Policy'],
  ...['millrace-as-of-offsets', 'millrace-as-of-watermark', 'millrace-staleness-ms'],
];
const SENDABLE = ['Authorization', 'X-Api-Key', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID'];
const PREFLIGHT_KEPT_S = 600;

/** Lets pages of these origins ask; those of others get no answer that they could read. Call it before `listen`. */
export function allowOrigins(app: NestExpressApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.enableCors({
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: SENDABLE,
    exposedHeaders: READABLE,
    maxAge: PREFLIGHT_KEPT_S,
  });
}
