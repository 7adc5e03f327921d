/** Series are cut off here: a page is for looking, the table is for keeping. */
const MAX_KEYS = 500;
const MAX_WINDOWS = 5_000;

/** The newest revision of each row that the page has seen, by key and window. */
export class RowModel {
  #series = new Map();
  /** Keys that came when no more were taken. */
  left = new Set();

  /** Returns whether anything is newer now. */
  merge(rows) {
    let changed = false;
    for (const row of rows) changed = this.#offer(row) || changed;
    return changed;
  }

  /** Key texts in order. */
  keys() {
    return [...this.#series.keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  }

  /** Rows of one key in order of time. */
  rowsOf(key) {
    const series = this.#series.get(key);
    if (!series) return [];
    series.sorted ??= [...series.rows.values()]
      .filter((entry) => !entry.row.deleted)
      .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
    return series.sorted;
  }

  /** The newest row of a key, undefined when there is none. */
  latest(key) {
    return this.rowsOf(key).at(-1);
  }

  /** The newest row of each key. */
  latestRows() {
    return this.keys().flatMap((key) => this.latest(key) ?? []);
  }

  /** All rows in order of time. */
  allRows() {
    return this.keys()
      .flatMap((key) => this.rowsOf(key))
      .sort((a, b) => a.startMs - b.startMs);
  }

  #offer(row) {
    const key = Object.values(row.key).join(' · ');
    const series = this.#seriesOf(key);
    if (!series) return false;
    const revision = BigInt(row.revision);
    // A row without a window is the one row of its key.
    const { start, end, index = '' } = row.window ?? {};
    const identity = `${start}/${end}/${index}`;
    const held = series.rows.get(identity);
    if (held && !isNewer(row, revision, held)) return false;
    const [startMs, endMs] = row.window ? [Date.parse(start), Date.parse(end)] : [0, 0];
    series.rows.set(identity, { key, row, revision, startMs, endMs });
    series.sorted = undefined;
    if (series.rows.size > MAX_WINDOWS) series.rows.delete([...series.rows.keys()].sort()[0]);
    return true;
  }

  #seriesOf(key) {
    const known = this.#series.get(key);
    if (known) return known;
    if (this.#series.size >= MAX_KEYS) {
      if (this.left.size < MAX_KEYS) this.left.add(key);
      return undefined;
    }
    const series = { rows: new Map(), sorted: undefined };
    this.#series.set(key, series);
    return series;
  }
}

/** Of equal revisions a deletion is the newer. */
function isNewer(row, revision, held) {
  return revision > held.revision || (revision === held.revision && row.deleted && !held.row.deleted);
}
