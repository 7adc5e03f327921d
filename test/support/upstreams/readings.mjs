import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('../../../data/us-posts-hourly-2013-2015.csv.gz', import.meta.url));
const HOUR_MS = 3_600_000;

/** The shipped readings by hour (epoch hours, UTC), each a list of rows; numbers as numbers, empty cells as null. */
export function readingsByHour() {
  const [header, ...lines] = gunzipSync(readFileSync(FILE)).toString().trimEnd().split('\n');
  const names = header.split(',');
  const hours = new Map();
  for (const line of lines) {
    const cells = line.split(',');
    const row = Object.fromEntries(
      names.map((name, i) => [name, i < 2 ? cells[i] : cells[i] === '' ? null : Number(cells[i])]),
    );
    const hour = Math.floor(Date.parse(row.observed_at) / HOUR_MS);
    if (!hours.has(hour)) hours.set(hour, []);
    hours.get(hour).push(row);
  }
  return hours;
}
