import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const READINGS_FILE = join(__dirname, '..', '..', 'data', 'us-posts-hourly-2013-2015.csv.gz');

export interface DailyRow {
  readonly avg_pm25: number;
  readonly max_pm25: number;
  readonly min_pm25: number;
  readonly readings: number;
}

/**
 * The daily table of every post, by `location|date`, computed in another way than the engine's: from the text of the
 * file alone. All posts are on China's clocks and the file writes local times, so the first ten characters of a time
 * are its date; values are whole numbers, so plain sums are exact. Of all rows of the file, or of some.
 */
export function expectedDailyRows(lines: readonly string[] = readingLines()): Map<string, DailyRow> {
  const valuesByDay = new Map<string, number[]>();
  for (const line of lines) {
    const [time = '', location = '', pm25 = ''] = line.split(',');
    if (pm25 === '') continue;
    const day = `${location}|${time.slice(0, 10)}`;
    valuesByDay.set(day, [...(valuesByDay.get(day) ?? []), Number(pm25)]);
  }
  return new Map([...valuesByDay].map(([day, values]) => [day, summary(values)]));
}

/** Rows of the file, without its header: 131,400. */
export function readingLines(): string[] {
  const [, ...lines] = gunzipSync(readFileSync(READINGS_FILE)).toString('utf8').trimEnd().split('\n');
  return lines;
}

function summary(values: readonly number[]): DailyRow {
  const sorted = [...values].sort((a, b) => a - b);
  const sum = sorted.reduce((total, value) => total + value, 0);
  return { avg_pm25: sum / sorted.length, max_pm25: sorted.at(-1)!, min_pm25: sorted[0]!, readings: sorted.length };
}
