import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { at } from '../../scripts/project.mjs';

export const HOUR_MS = 3_600_000;
/** What is judged: 2014 and 2015 on the clocks of the posts. 2013 is for learning. */
export const JUDGED_FROM_MS = Date.parse('2014-01-01T00:00:00+08:00');

/** The lines of the shipped readings, without the header, and the header. */
export function shippedLines() {
  const text = gunzipSync(readFileSync(at('data', 'us-posts-hourly-2013-2015.csv.gz'))).toString('utf8');
  const [header, ...lines] = text.trimEnd().split('\n');
  return { header, lines };
}

/** `{ timeMs, pm25 }` of each post in order of time; readings without PM2.5 are left out. */
export function readingsByPost({ lines }) {
  const posts = new Map();
  for (const line of lines) {
    const [observedAt, location, pm25] = line.split(',');
    if (pm25 === '') continue;
    if (!posts.has(location)) posts.set(location, []);
    posts.get(location).push({ timeMs: Date.parse(observedAt), pm25: Number(pm25) });
  }
  return posts;
}

/**
 * The same lines with the PM2.5 of each post dealt out anew among its readings, by chance from a seed: nothing that could
 * be learned is left but how high PM2.5 is on the whole.
 */
export function shuffled({ header, lines }, seed) {
  const cells = lines.map((line) => line.split(','));
  const chance = generator(seed);
  for (const location of new Set(cells.map((row) => row[1]))) {
    const rows = cells.filter((row) => row[1] === location && row[2] !== '');
    for (let i = rows.length - 1; i > 0; i--) {
      const j = Math.floor(chance() * (i + 1));
      [rows[i][2], rows[j][2]] = [rows[j][2], rows[i][2]];
    }
  }
  return { header, lines: cells.map((row) => row.join(',')) };
}

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
