/**
 * The generation of a deployment: microseconds since the epoch, even so that a revision's last bit says whether a row
 * is final, and greater than the generation before it even if the clock went back (`semantics.md` section 7).
 */
export function generationAt(epochMs: number, before = -2n): bigint {
  const now = BigInt(epochMs) * 1000n;
  return now > before ? now : before + 2n;
}
