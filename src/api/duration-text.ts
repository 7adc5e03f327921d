const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];
/** Rounding up to a unit of which there are as many adds at most a tenth. */
const FEWEST = 10;

/** A duration as definitions write it, exactly: `90s`, `1h`, `1500ms`; `0s` for none. Whole ms. */
export function durationText(ms: number): string {
  const [name, size] = UNITS.find(([, unitMs]) => ms % unitMs === 0)!;
  return ms === 0 ? '0s' : `${ms / size}${name}`;
}

/** The same, at most a tenth longer and easier to read: `13s` for 12,345 ms. */
export function roundedUpText(ms: number): string {
  const [, size] = UNITS.find(([, unitMs]) => ms >= FEWEST * unitMs) ?? ['ms', 1];
  return durationText(Math.ceil(ms / size) * size);
}
