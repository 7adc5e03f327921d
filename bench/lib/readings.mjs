const KEYS = Array.from({ length: 1000 }, (_, i) => `loc-${i}`);
const BASE_MS = Date.UTC(2025, 1, 28);

export const WINDOW_MS = 60_000;
export const GRACE_MS = 30_000;

/** Reading `i` of the input: 1,000 keys in a fixed, mixed order; 100 readings a second of event time, in order. */
export function readingAt(i) {
  const location = KEYS[(i * 7919) % KEYS.length];
  return { location, ts: BASE_MS + (i + 1) * 10, pm25: ((i * 31) % 997) / 4, source: 'sim' };
}
