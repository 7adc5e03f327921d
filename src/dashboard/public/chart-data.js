/** The windows to show: those of all lines together, the newest `limit` of them. */
export function startsOf(model, keys, limit) {
  const starts = new Set(keys.flatMap((key) => model.rowsOf(key).map(({ startMs }) => startMs)));
  const sorted = [...starts].sort((a, b) => a - b);
  return limit === undefined ? sorted : sorted.slice(-limit);
}

/** One line: the values of `name` at `starts`, null where the key has no such window. */
export function lineOf(model, key, name, starts) {
  const values = new Map(model.rowsOf(key).map(({ startMs, row }) => [startMs, row.values?.[name]]));
  return starts.map((startMs) => {
    const value = values.get(startMs);
    return typeof value === 'number' ? value : null;
  });
}

/**
 * Columns for the chart: x in seconds, then one line for each key. A single line with a band has three: the line, the
 * greatest and the least value.
 */
export function columnsOf(model, { keys, measure, band, limit }) {
  const starts = startsOf(model, keys, limit);
  const names = keys.length === 1 && band ? [measure.name, band.high, band.low] : [measure.name];
  const lines = keys.flatMap((key) => names.map((name) => lineOf(model, key, name, starts)));
  return [starts.map((ms) => ms / 1000), ...lines];
}
