import type { RateLimit } from '../core/rate-limits/rate-limit';

/** Of the limit of the records of all clients together, deliveries of webhooks among them. */
export const INGEST_LIMIT_NAME = 'ingest';

/** Injection token of the limit of records over HTTP. */
export const INGEST_LIMIT = Symbol('millrace.ingest-limit');

export function ingestLimit({
  recordsPerSecond,
  burstRecords,
}: {
  readonly recordsPerSecond: number;
  readonly burstRecords: number;
}): RateLimit {
  return { algorithm: 'token-bucket', units: recordsPerSecond, windowMs: 1_000, burst: burstRecords };
}
