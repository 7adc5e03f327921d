import { z } from 'zod';
import type { JsonValue } from '../../core/json';
import { POLL_RESULTS } from './failed-poll';

const reportSchema = z.object({
  /** `waiting`: for its server or its turn; `ended`: there is nothing more. */
  state: z.enum(['waiting', 'running', 'failing', 'ended']),
  /** What went wrong last, while it is failing. */
  reason: z.string().optional(),
  lastResult: z.enum(POLL_RESULTS).optional(),
  lastPollAt: z.iso.datetime().optional(),
  lastSuccessAt: z.iso.datetime().optional(),
  nextPollAt: z.iso.datetime().optional(),
  failuresInARow: z.int(),
  circuit: z.enum(['closed', 'open', 'half-open']),
  /** In this term of the lease. */
  counts: z.object({ records: z.int(), duplicates: z.int(), filtered: z.int(), dead: z.int() }),
  /** Items since the feed began. */
  items: z.int(),
  cursor: z.json() as unknown as z.ZodType<JsonValue>,
});

/** What the process that runs a feed tells all of them. */
export type FeedReport = z.infer<typeof reportSchema>;

export function encodeReport(report: FeedReport): string {
  return JSON.stringify(report);
}

/** `undefined` for what another version has written. */
export function decodeReport(text: string): FeedReport | undefined {
  const parsed = reportSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}
