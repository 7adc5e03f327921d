const RELATIVE_ERROR = 1e-9;

/**
 * Compares what a system sent with the oracle. The last row of a key and window counts.
 * With `finalOnly`, a row of a window that is still open is a mistake.
 *
 * @returns {{ sent: number, closed: number, records: number, repeated: number, problems: string[] }}
 */
export function checkRows(sentRows, oracle, { finalOnly }) {
  const last = new Map(sentRows.map((row) => [row.key, row]));
  const problems = [];
  let closed = 0;
  let records = 0;
  for (const [key, expected] of oracle.rows) {
    const row = last.get(key);
    if (!row) {
      problems.push(`${key}: no row`);
      continue;
    }
    closed++;
    records += row.count;
    if (!isEqual(row, expected))
      problems.push(`${key}: ${JSON.stringify(row)} in place of ${JSON.stringify(expected)}`);
  }
  const open = [...last.keys()].filter((key) => !oracle.rows.has(key));
  if (finalOnly && open.length > 0)
    problems.push(`${open.length} rows of windows that are not closed, e.g. ${open[0]}`);
  return { sent: sentRows.length, closed, records, repeated: sentRows.length - last.size, problems };
}

function isEqual(row, expected) {
  const exact = row.count === expected.count && row.min === expected.min && row.max === expected.max;
  return exact && Math.abs(row.avg - expected.avg) <= RELATIVE_ERROR * Math.abs(expected.avg);
}
