/** Columns for a chart from rows of several keys: x in seconds, then for each of `lines` the value at each x, or null. */
export function columnsOf(lines, limit) {
  const starts = new Set(lines.flatMap(({ entries, at = startOf }) => entries.map(at)));
  const sorted = [...starts].sort((a, b) => a - b);
  const shown = limit === undefined ? sorted : sorted.slice(-limit);
  return [shown.map((ms) => ms / 1000), ...lines.map((line) => valuesAt(line, shown))];
}

const startOf = ({ startMs }) => startMs;

/**
 * `line`: `entries` of a {@link RowModel}, `value`, which reads a number of one row's values, and perhaps `at`, the moment
 * that an entry stands for, ms; without it, the start of its window.
 */
function valuesAt({ entries, value, at = startOf }, starts) {
  const byStart = new Map(entries.map((entry) => [at(entry), value(entry.row.values ?? {})]));
  return starts.map((startMs) => {
    const found = byStart.get(startMs);
    return typeof found === 'number' ? found : null;
  });
}
