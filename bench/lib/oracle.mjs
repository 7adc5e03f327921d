import { GRACE_MS, readingAt, WINDOW_MS } from './readings.mjs';

/**
 * The rows that every system must have sent, computed from the generator alone. A window is closed
 * when its end plus grace is not after the stream time of its key's partition.
 *
 * @param {(location: string) => number} partitionOf
 * @returns {{ rows: Map<string, {count: number, avg: number, min: number, max: number}>, records: number }}
 */
export function oracleOf(records, partitionOf) {
  const windows = new Map();
  const streamTimes = new Map();
  for (let i = 0; i < records; i++) {
    const { location, ts, pm25 } = readingAt(i);
    const start = ts - (ts % WINDOW_MS);
    const key = `${location}|${start}`;
    const window = windows.get(key) ?? { location, endMs: start + WINDOW_MS, values: [] };
    window.values.push(pm25);
    windows.set(key, window);
    streamTimes.set(partitionOf(location), ts);
  }
  refuseUnevenEnd(streamTimes);
  const rows = new Map();
  for (const [key, { location, endMs, values }] of windows) {
    if (endMs + GRACE_MS <= streamTimes.get(partitionOf(location))) rows.set(key, rowOf(values));
  }
  return { rows, records: [...rows.values()].reduce((sum, row) => sum + row.count, 0) };
}

/** Flink closes by the least stream time of all partitions: the answer is the same only if no boundary lies between. */
function refuseUnevenEnd(streamTimes) {
  const lastClosedEnds = [...streamTimes.values()].map((ms) => Math.floor((ms - GRACE_MS) / WINDOW_MS));
  if (new Set(lastClosedEnds).size === 1) return;
  throw new Error(
    'the input ends where one partition closes a window and another does not: take another BENCH_RECORDS',
  );
}

function rowOf(values) {
  const sum = values.reduce((total, value) => total + value, 0);
  return { count: values.length, avg: sum / values.length, min: Math.min(...values), max: Math.max(...values) };
}
