/** Two engines round functions such as `Math.exp` differently in the last bit; sums of such values differ by a few. */
const ROUNDING = 1e-12;

/** `actual` with those numbers of `expected` that it is as near to as rounding explains, so that the two can be compared. */
export function aligned(actual: unknown, expected: unknown): unknown {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return Math.abs(actual - expected) <= Math.abs(expected) * ROUNDING ? expected : actual;
  }
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.map((part: unknown, i) => aligned(part, expected[i]));
  }
  if (!isObject(actual) || !isObject(expected)) return actual;
  return Object.fromEntries(Object.entries(actual).map(([name, part]) => [name, aligned(part, expected[name])]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
