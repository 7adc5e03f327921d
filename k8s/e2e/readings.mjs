import { setTimeout as sleep } from 'node:timers/promises';

const LOCATIONS = Array.from({ length: 12 }, (_, index) => `Post ${index} (हैदराबाद)`);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PAUSE_MS = 100;
const DEADLINE_MS = 15_000;

/**
 * Readings of a dozen posts, an hour of event time in each request, one request after the other; and the rows that they must give.
 * A request that fails is counted and sent again under its own key, so that the rows are known whatever happens.
 */
export class Readings {
  failures = [];
  /** By location and date: how many, and their sum, least and greatest. */
  expected = new Map();
  requests = 0;
  /** Ahead of the clock: between two scenarios the partitions are idle, and their time follows the clock then. */
  #begin = Math.ceil(Date.now() / DAY_MS) * DAY_MS;
  #hour = 0;
  #going;

  constructor(url) {
    this.url = `${url}/v1/ingest/air-quality.readings`;
  }

  /** Begins to send until `stop`. */
  start() {
    const stopping = new AbortController();
    this.#going = { stopping, ended: this.#loop(stopping.signal) };
  }

  async stop() {
    this.#going.stopping.abort();
    await this.#going.ended;
  }

  async #loop(signal) {
    while (!signal.aborted) {
      await this.sendHour();
      await sleep(PAUSE_MS);
    }
  }

  async sendHour() {
    const hour = this.#hour;
    this.#hour += 1;
    const observedAt = new Date(this.#begin + hour * HOUR_MS).toISOString();
    const records = LOCATIONS.map((location, index) => ({
      ...{ location, observed_at: observedAt, zone: 'UTC', pm25: (hour * 7 + index * 13) % 301 },
    }));
    const body = JSON.stringify(records);
    while (!(await this.#post(body, `hour-${hour}`))) await sleep(PAUSE_MS);
    for (const { location, pm25 } of records) this.#expect(location, observedAt.slice(0, 10), pm25);
  }

  async #post(body, key) {
    this.requests += 1;
    try {
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      const answer = await fetch(this.url, { method: 'POST', headers, body, signal: AbortSignal.timeout(DEADLINE_MS) });
      const text = await answer.text();
      if (answer.status === 202) return true;
      this.failures.push(`POST ${key}: ${answer.status} ${text.slice(0, 200)}`);
    } catch (error) {
      this.failures.push(`POST ${key}: ${error.cause?.message ?? error.message}`);
    }
    return false;
  }

  #expect(location, date, pm25) {
    const key = `${location}|${date}`;
    const row = this.expected.get(key) ?? { readings: 0, sum: 0, min: Infinity, max: -Infinity };
    row.readings += 1;
    row.sum += pm25;
    row.min = Math.min(row.min, pm25);
    row.max = Math.max(row.max, pm25);
    this.expected.set(key, row);
  }
}
