import { durationText } from '../core/pipeline/duration';

const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1_000];
/** Rounding up to a unit of which there are as many adds at most a tenth. */
const FEWEST = 10;

/** A duration as definitions write it, at most a tenth longer and easier to read: `13s` for 12,345 ms. Whole ms. */
export function roundedUpText(ms: number): string {
  const size = UNITS_MS.find((unitMs) => ms >= FEWEST * unitMs) ?? 1;
  return durationText(Math.ceil(ms / size) * size);
}
