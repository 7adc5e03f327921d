import type { Catalogue } from '../api/catalogue';
import { badParameter, notLive } from '../api/problem-details';
import { type LimitRange, PAGE_LIMIT, parseRowParameters, type RowParameters } from '../api/row-parameters';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { parseDuration } from '../core/pipeline/duration';

/** What a client of a live feed asks for, checked. */
export interface LiveRequest {
  readonly pipeline: CompiledPipeline;
  readonly wanted: RowParameters;
  /** At least so long between two events, 0 for none; what changes meanwhile is told once. */
  readonly everyMs: number;
  readonly lastEventId: string | undefined;
}

/** `limit=0` is for clients that page through `/rows` themselves. */
const SNAPSHOT_LIMIT: LimitRange = { fallback: PAGE_LIMIT.max, min: 0, max: PAGE_LIMIT.max };
const MAX_EVERY_MS = 60_000;

/** Throws a 400, 404 or 409 that says what would be right. */
export function liveRequest(
  catalogue: Catalogue,
  name: string,
  { every, ...query }: Readonly<Record<string, unknown>>,
  lastEventId: string | undefined,
): LiveRequest {
  const pipeline = catalogue.runnable(name);
  if (!pipeline.sinks.some(({ kind }) => kind === 'live')) throw notLive(name);
  const wanted = parseRowParameters(query, pipeline.keyNames, SNAPSHOT_LIMIT);
  return { pipeline, wanted, everyMs: everyMsOf(every), lastEventId };
}

function everyMsOf(every: unknown): number {
  if (every === undefined) return 0;
  const ms = typeof every === 'string' ? parseDuration(every) : undefined;
  if (ms === undefined || ms > MAX_EVERY_MS) {
    throw badParameter('every', `Give a duration of at most ${MAX_EVERY_MS / 1000}s, such as 500ms or 2s, once.`);
  }
  return ms;
}
