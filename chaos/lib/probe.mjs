import { rowId } from './oracle.mjs';

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
  /** By place and key: row id to the newest version that was seen. */
  newest = new Map();

  constructor({ tables, replicas, producer, pipelines }) {
    Object.assign(this, { tables, replicas, producer, pipelines });
    this.turn = 0;
    this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  look() {
    const pipeline = this.pipelines[this.turn % this.pipelines.length];
    // Few keys, seen often: the first ten of the pipeline.
    const key = `${pipeline.field}${this.turn % 10}`;
    const replica = this.replicas[this.turn++ % this.replicas.length];
    const looks = [this.lookAtTable(pipeline, key), this.lookAtRows(pipeline, key, replica)];
    // A server or replica that is away is no fault: it is looked at again.
    this.pending = looks.map((look) => look.catch(() => {}));
  }

  async lookAtTable({ table }, key) {
    const asked = this.seenOf(table, key);
    const rows = await this.tables.newestOf(table, key, ROWS);
    this.looks.table++;
    this.compare(table, key, asked, rows);
  }

  async lookAtRows({ name, field }, key, replica) {
    const place = `/v1/pipelines/${name}/rows`;
    const asked = this.seenOf(place, key);
    const from = new Date(Math.max(0, this.producer.eventTimeMs - BEHIND_MS)).toISOString();
    const answer = await replica.json(`${place}?key.${field}=${key}&from=${from}&limit=50`);
    this.looks.rows++;
    const found = answer.rows.map(({ window, values, revision, final }) => [
      rowId(key, Date.parse(window.start)),
      { n: values.n, revision: BigInt(revision), final },
    ]);
    this.compare(place, key, asked, new Map(found));
  }

  /** A copy of what is known of a key by now. */
  seenOf(place, key) {
    return new Map(this.newest.get(`${place} ${key}`));
  }

  /** Only what was seen before the question was asked can have been overtaken. */
  compare(place, key, asked, rows) {
    const seen = this.newest.get(`${place} ${key}`) ?? new Map();
    this.newest.set(`${place} ${key}`, seen);
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
    this.examples.push(`regressions: ${place} ${id}: ${was}, then ${is}`);
  }

  async stop() {
    clearInterval(this.timer);
    await Promise.all(this.pending ?? []);
  }
}
