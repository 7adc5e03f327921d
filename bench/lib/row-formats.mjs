/** Each decodes one message of an output topic to `{ key: 'location|window start in ms', count, avg, min, max }`. */
export function peerRow(text) {
  const { location, window, count, avg, min, max } = JSON.parse(text);
  return { key: `${location}|${window}`, count, avg, min, max };
}

/** A Millrace row: `{ key, window: { start, end }, values, revision, final }`. */
export function millraceRow(text) {
  const { key, window, values } = JSON.parse(text);
  const { readings, avg_pm25: avg, min_pm25: min, max_pm25: max } = values;
  return { key: `${key.location}|${Date.parse(window.start)}`, count: readings, avg, min, max };
}
