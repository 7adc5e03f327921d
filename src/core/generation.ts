/**
 * The generation of a deployment: microseconds since the epoch, even so that a revision's last bit says whether a row
 * is final, and greater than `last` even if the clock went back (`semantics.md` section 7).
 */
export function generationAt(epochMs: number, last = -1n): bigint {
  const now = BigInt(epochMs) * 1000n;
  return now > last ? now : last + 2n - (last % 2n);
}

/** The greatest revision that a generation can have given, with logs that end at `ends`. */
export function lastRevision(generation: bigint, ends: readonly bigint[]): bigint {
  const end = ends.reduce((greatest, next) => (next > greatest ? next : greatest), 0n);
  return generation + 2n * end + 1n;
}
