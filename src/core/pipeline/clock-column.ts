/** As a definition writes it. */
const CLOCK = 'now()';

/**
 * Whether a column of a table holds when its row was written, on the clock of the server. It stands outside of the
 * versions of a row: it has a write time of its own, is not read back, and the last one who writes the row sets it, be it a
 * replay. So it may differ between two rows of one revision, which nothing else may.
 */
export function isClockColumn(text: string): boolean {
  return text.trim() === CLOCK;
}
