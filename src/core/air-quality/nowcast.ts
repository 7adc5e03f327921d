/** How far back the NowCast looks. */
export const NOWCAST_HOURS = 12;
const NEWEST_HOURS = 3;
/** Of the newest three hours. */
const LEAST_VALID = 2;
const LEAST_FACTOR = 0.5;
/** What binary fractions may be off by, in tenths. */
const ROUNDING = 1e-6;

/**
 * EPA's NowCast of PM2.5 in µg/m³, cut to a tenth, from hourly averages, newest first, with null for an hour that is
 * missing. Only the newest 12 count. An hour that is `i` hours old weighs `w^i`, where `w` is least over greatest, but at
 * least 0.5. `null` when fewer than two of the newest three hours are there. Throws RangeError for anything in the list
 * that is neither a number nor null. Source: EPA-454/B-24-002 (May 2024), "How the NowCast is calculated".
 */
export function nowcastPm25(hourly: readonly unknown[]): number | null {
  const hours = hourly.slice(0, NOWCAST_HOURS).map(concentration);
  if (hours.slice(0, NEWEST_HOURS).filter((hour) => hour !== null).length < LEAST_VALID) return null;
  const factor = weightFactor(hours.filter((hour) => hour !== null));
  let sum = 0;
  let weights = 0;
  hours.forEach((hour, age) => {
    if (hour === null) return;
    sum += hour * factor ** age;
    weights += factor ** age;
  });
  return Math.floor((sum / weights) * 10 + ROUNDING) / 10;
}

function weightFactor(valid: readonly number[]): number {
  const greatest = Math.max(...valid);
  return greatest > 0 ? Math.max(LEAST_FACTOR, Math.min(...valid) / greatest) : 1;
}

function concentration(hour: unknown): number | null {
  if (hour === null) return null;
  const value = typeof hour === 'bigint' ? Number(hour) : hour;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RangeError('nowcast_pm25 takes a list of numbers and nulls, the newest hour first');
}
