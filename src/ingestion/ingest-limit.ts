import type { RateLimit } from '../core/rate-limits/rate-limit';

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
