/** Columns for a chart from rows of several keys: x in seconds, then for each of `lines` the value at each x, or null. */
export function columnsOf(lines, limit) {
  const starts = new Set(lines.flatMap(({ entries }) => entries.map(({ startMs }) => startMs)));
  const sorted = [...starts].sort((a, b) => a - b);
  const shown = limit === undefined ? sorted : sorted.slice(-limit);
  return [shown.map((ms) => ms / 1000), ...lines.map((line) => valuesAt(line, shown))];
}

/** `line`: `entries` of a {@link RowModel} and `value`, which reads a number of one row's values. */
function valuesAt({ entries, value }, starts) {
  const byStart = new Map(entries.map(({ startMs, row }) => [startMs, value(row.values ?? {})]));
  return starts.map((startMs) => {
    const found = byStart.get(startMs);
    return typeof found === 'number' ? found : null;
  });
}
