const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SHORT = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const ISO = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** A century: what is longer is a slip, and sums of times stay exact. */
export const LONGEST_DURATION_MS = 36_525 * 86_400_000;

/** What binary fractions such as 0.029 s may be off by. */
const ROUNDING = 1e-15;

/**
 * Milliseconds of `250ms`, `10s`, `5m`, `1h`, `7d` or of an ISO 8601 duration without months and years, whose lengths
 * vary. `undefined` for anything else, for parts of a millisecond and for more than a century.
 */
export function parseDuration(text: string): number | undefined {
  const ms = shortDuration(text) ?? isoDuration(text);
  if (ms === undefined) return undefined;
  const whole = Math.round(ms);
  return Math.abs(ms - whole) <= ms * ROUNDING && whole <= LONGEST_DURATION_MS ? whole : undefined;
}

function shortDuration(text: string): number | undefined {
  const match = SHORT.exec(text);
  return match ? Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? NaN) : undefined;
}

function isoDuration(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** The shortest text that {@link parseDuration} reads as so many milliseconds: `90s`, `1h`, `7d`. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s';
  const unit = ['d', 'h', 'm', 's'].find((name) => ms % (UNIT_MS[name] ?? NaN) === 0) ?? 'ms';
  return `${ms / (UNIT_MS[unit] ?? NaN)}${unit}`;
}
