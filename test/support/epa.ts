/**
 * NowCast and AQI of PM2.5 once more, for comparison: in exact fractions of whole numbers, from the tables of
 * EPA-454/B-24-002 (May 2024), and nothing of the product.
 */
const HOURS = 12;

/** Ends of categories: concentrations in tenths of µg/m³, indexes, name. */
const CATEGORIES: readonly (readonly [number, number, number, number, string])[] = [
  [0, 90, 0, 50, 'good'],
  [91, 354, 51, 100, 'moderate'],
  [355, 554, 101, 150, 'unhealthy for sensitive groups'],
  [555, 1254, 151, 200, 'unhealthy'],
  [1255, 2254, 201, 300, 'very unhealthy'],
  [2255, 3254, 301, 500, 'hazardous'],
];

/** Tenths of µg/m³, from whole concentrations, the newest hour first; `undefined` for an hour without one. */
export function nowcastTenths(hours: readonly (number | undefined)[]): number | undefined {
  const known = hours.slice(0, HOURS).filter((hour) => hour !== undefined);
  if (hours.slice(0, 3).filter((hour) => hour !== undefined).length < 2) return undefined;
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  // The weight factor as a fraction, at least a half; of clean air any will do.
  const [up, down] = greatest === 0 ? [1n, 1n] : 2 * least < greatest ? [1n, 2n] : [BigInt(least), BigInt(greatest)];
  let [sum, weights] = [0n, 0n];
  hours.slice(0, HOURS).forEach((hour, age) => {
    if (hour === undefined) return;
    const weight = up ** BigInt(age) * down ** BigInt(HOURS - 1 - age);
    sum += BigInt(hour) * weight;
    weights += weight;
  });
  return Number((10n * sum) / weights);
}

/** The index of so many tenths of µg/m³, halves rounded up, and its category. */
export function indexOf(tenths: number): { readonly aqi: number; readonly band: string } {
  const category = CATEGORIES.find(([, high]) => tenths <= high) ?? CATEGORIES.at(-1)!;
  const [low, high, lowIndex, highIndex, band] = category;
  const [rise, run] = [(highIndex - lowIndex) * (tenths - low), high - low];
  return { aqi: Math.floor((2 * rise + run) / (2 * run)) + lowIndex, band };
}
