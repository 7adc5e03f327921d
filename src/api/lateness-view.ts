import { durationText } from '../core/pipeline/duration';
import type { LatenessFigures } from '../runtime/lateness-sketch';
import { roundedUpText } from './rounded-up-text';

/** How late records were in this process since it started, and which `grace` would have kept them. */
export interface LatenessView {
  /** Accepted and late ones. */
  readonly records: number;
  readonly lateRecords: number;
  /** Of late records among all, from 0 to 1. */
  readonly share: number;
  /** By how much late records missed the end of their latest window: the half of them by at most `p50Ms`. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** A `grace` that would have kept 99 % and 99.9 % of all records: the pipeline's own if it did. */
  readonly keep99: string;
  readonly keep999: string;
  readonly advice: string;
}

export function latenessView(figures: LatenessFigures, graceMs: number): LatenessView {
  const { records, lateRecords, p50Ms, p99Ms, maxMs, grace99Ms, grace999Ms } = figures;
  const longer = (ms: number | null): string => (ms === null ? durationText(graceMs) : roundedUpText(ms));
  return {
    ...{ records, lateRecords, p50Ms, p99Ms, maxMs },
    share: records === 0 ? 0 : lateRecords / records,
    keep99: longer(grace99Ms),
    keep999: longer(grace999Ms),
    advice: adviceOf(figures, graceMs),
  };
}

function adviceOf({ records, lateRecords, grace999Ms }: LatenessFigures, graceMs: number): string {
  const own = durationText(graceMs);
  if (records === 0) return 'no record yet';
  if (lateRecords === 0) return `no record was late with grace ${own}`;
  const kept = `grace ${own} kept ${percent(1 - lateRecords / records)} % of the records`;
  if (grace999Ms === null) return kept;
  return `grace ${roundedUpText(grace999Ms)} would have kept 99.9 % of the records; ${kept}`;
}

/** Never more than it is: 99.999 is not all. */
function percent(share: number): string {
  return String(Math.floor(share * 10_000) / 100);
}
