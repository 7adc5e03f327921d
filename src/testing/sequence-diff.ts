/** One line of a difference between what was expected and what came; indices into the two lists. */
export type DiffLine =
  | { readonly kind: 'same'; readonly expected: number; readonly actual: number }
  | { readonly kind: 'missing'; readonly expected: number }
  | { readonly kind: 'unexpected'; readonly actual: number };

/**
 * The fewest lines missing and unexpected that turn one list into the other, in order, missing ones first: the longest
 * common subsequence, in time and space of the product of the two lengths.
 */
export function sequenceDiff(
  expectedLength: number,
  actualLength: number,
  isSame: (expected: number, actual: number) => boolean,
): DiffLine[] {
  const longest = longestFrom(expectedLength, actualLength, isSame);
  const lines: DiffLine[] = [];
  let [expected, actual] = [0, 0];
  while (expected < expectedLength || actual < actualLength) {
    const [here, down, right] = [
      at(longest, expected, actual),
      at(longest, expected + 1, actual),
      at(longest, expected, actual + 1),
    ];
    const isBoth = expected < expectedLength && actual < actualLength;
    if (isBoth && here === at(longest, expected + 1, actual + 1) + 1 && isSame(expected, actual)) {
      lines.push({ kind: 'same', expected: expected++, actual: actual++ });
    } else if (expected < expectedLength && (actual === actualLength || down >= right)) {
      lines.push({ kind: 'missing', expected: expected++ });
    } else lines.push({ kind: 'unexpected', actual: actual++ });
  }
  return lines;
}

/** `[i][j]`: the length of the longest common subsequence of the lists from `i` and from `j` on. */
function longestFrom(
  expectedLength: number,
  actualLength: number,
  isSame: (expected: number, actual: number) => boolean,
): readonly Uint32Array[] {
  const rows = Array.from({ length: expectedLength + 1 }, () => new Uint32Array(actualLength + 1));
  for (let i = expectedLength - 1; i >= 0; i--) {
    for (let j = actualLength - 1; j >= 0; j--) {
      const skipping = Math.max(at(rows, i + 1, j), at(rows, i, j + 1));
      rows[i]![j] = isSame(i, j) ? Math.max(skipping, at(rows, i + 1, j + 1) + 1) : skipping;
    }
  }
  return rows;
}

function at(rows: readonly Uint32Array[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0;
}
