import { GRACE_MS, OUT_OF_ORDERNESS_MS, WINDOW_MS } from './records.mjs';

/**
 * What the table of a pipeline must hold, by `docs/` alone: the records of each partition in the order of the log, a tumbling
 * window by event time, and the rule of late records. Nothing of the service is used. A record that the log holds twice
 * counts twice: what a pipeline is given is what lies in its topic.
 *
 * No record of the runner is late in its own partition, so none is for a pipeline that shuffles, which waits for the slowest.
 */
export class Oracle {
  rows = new Map();
  late = 0;
  streamTimes = new Map();

  /** @param {{ field: 'k' | 'g', shuffled: boolean }} pipeline the field that is its key */
  constructor({ field, shuffled }) {
    Object.assign(this, { field, shuffled });
  }

  /** To be called in the order of each partition's offsets. */
  take(partition, offset, record) {
    const { ts, v } = record;
    const streamTime = Math.max(this.streamTimes.get(partition) ?? -Infinity, ts);
    this.streamTimes.set(partition, streamTime);
    const start = Math.floor(ts / WINDOW_MS) * WINDOW_MS;
    if (isClosed(start, streamTime)) {
      this.late++;
      return;
    }
    const id = rowId(record[this.field], start);
    const row = this.rows.get(id) ?? { partition, start, n: 0, total: 0, least: v, most: v, changedAt: 0n };
    row.n++;
    row.total += v;
    row.least = Math.min(row.least, v);
    row.most = Math.max(row.most, v);
    row.changedAt = offset + 1n;
    this.rows.set(id, row);
  }

  /** Whether the row's window is closed by what the log holds. */
  isFinal({ partition, start }) {
    const time = this.shuffled ? Math.min(...this.streamTimes.values()) : this.streamTimes.get(partition);
    return isClosed(start, time);
  }

  /**
   * As docs/adr/0002 says: generation + 2 * N + final. Undefined for a pipeline that shuffles: its N counts records of another
   * topic.
   */
  revisionOf({ changedAt }, generation, final) {
    return this.shuffled ? undefined : generation + 2n * changedAt + (final ? 1n : 0n);
  }
}

export const rowId = (key, startMs) => `${key}|${startMs}`;

function isClosed(start, streamTime) {
  return start + WINDOW_MS + GRACE_MS <= streamTime - OUT_OF_ORDERNESS_MS;
}
