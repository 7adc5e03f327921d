/** What JSON can hold: `null` for a result beyond the range of doubles. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
