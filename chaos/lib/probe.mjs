import { rowId } from './oracle.mjs';
import { eventTimeMs } from './records.mjs';

const EVERY_MS = 250;
const ROWS = 5;
const BEHIND_MS = 60_000;
const EXAMPLES = 20;

/**
 * A reader that looks all the time: at the table, and at `GET /rows` of the replicas in turn. What it has seen of a row
 * must never be followed by an older revision, nor by fewer records.
 */
export class Probe {
  looks = { table: 0, rows: 0 };
  regressions = 0;
  examples = [];
  newest = { table: new Map(), rows: new Map() };

  constructor({ table, replicas, producer, pipeline, keys }) {
    Object.assign(this, { table, replicas, producer, pipeline, keys });
    this.turn = 0;
    this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  look() {
    const key = `k${(this.turn * 7) % this.keys}`;
    const replica = this.replicas[this.turn++ % this.replicas.length];
    // A server or replica that is away is no fault: it is looked at again.
    this.pending = [this.lookAtTable(key), this.lookAtRows(replica, key)].map((look) => look.catch(() => {}));
  }

  async lookAtTable(key) {
    const asked = this.seenOf('table', key);
    const rows = await this.table.newestOf(key, ROWS);
    this.looks.table++;
    this.compare('table', key, asked, rows);
  }

  async lookAtRows(replica, key) {
    const asked = this.seenOf('rows', key);
    const from = new Date(Math.max(0, eventTimeMs(this.producer.sent) - BEHIND_MS)).toISOString();
    const answer = await replica.json(`/v1/pipelines/${this.pipeline}/rows?key.k=${key}&from=${from}&limit=50`);
    this.looks.rows++;
    const found = answer.rows.map(({ window, values, revision, final }) => [
      rowId(key, Date.parse(window.start)),
      { n: values.n, revision: BigInt(revision), final },
    ]);
    this.compare('rows', key, asked, new Map(found));
  }

  /** A copy of what is known of a key by now. */
  seenOf(place, key) {
    return new Map(this.newest[place].get(key));
  }

  /** Only what was seen before the question was asked can have been overtaken. */
  compare(place, key, asked, rows) {
    const seen = this.newest[place].get(key) ?? new Map();
    this.newest[place].set(key, seen);
    for (const [id, row] of rows) {
      const before = asked.get(id);
      if (before && (row.revision < before.revision || row.n < before.n)) this.regressed(place, id, before, row);
      const newest = seen.get(id);
      if (!newest || row.revision > newest.revision) seen.set(id, row);
    }
  }

  regressed(place, id, before, after) {
    this.regressions++;
    if (this.examples.length === EXAMPLES) return;
    const [was, is] = [before, after].map(({ n, revision }) => `n=${n} revision=${revision}`);
    this.examples.push(`regression: ${place}, ${id}: ${was}, then ${is}`);
  }

  async stop() {
    clearInterval(this.timer);
    await Promise.all(this.pending ?? []);
  }
}
