import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const FILE = join(__dirname, '..', '..', 'data', 'us-posts-hourly-2013-2015.csv.gz');

/** What the shipped model is given, in the order of the file's columns. */
export const INPUT_NAMES = ['temperature', 'humidity', 'pressure', 'dew_point', 'wind'] as const;

/** One shipped reading that has PM2.5; `NaN` where an input is missing. */
export interface PostReading {
  readonly timeMs: number;
  readonly pm25: number;
  readonly inputs: Float64Array;
}

/** The shipped readings of each post, in order of time. */
export function readingsByPost(): ReadonlyMap<string, readonly PostReading[]> {
  const [, ...lines] = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n');
  const posts = new Map<string, PostReading[]>();
  for (const line of lines) {
    const [observedAt, location, pm25, ...inputs] = line.split(',');
    if (pm25 === '') continue;
    const readings = posts.get(location!) ?? [];
    posts.set(location!, readings);
    readings.push({
      timeMs: Date.parse(observedAt!),
      pm25: Number(pm25),
      inputs: Float64Array.from(inputs, (text) => (text === '' ? NaN : Number(text))),
    });
  }
  return posts;
}
