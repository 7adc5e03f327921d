import { get } from 'node:http';
import { performance } from 'node:perf_hooks';

const NEWEST = /"newest":(\d+)/g;
const ID = /^id: (.+)$/gm;
/** Connections that are opened at the same time. */
const AT_ONCE = 100;

/** Many clients of one live feed, which count what comes and how old it is. */
export class LiveClients {
  #clients = new Set();
  events = 0;
  rows = 0;
  /** Of rows that came while `isMeasuring`: from the record's making to its row at a client, ms. */
  ages = [];
  isMeasuring = false;

  /** Resolves with the time until the last one had its first event, ms. `lastIds`: where each resumes. */
  async open(url, count, lastIds = []) {
    const beganMs = performance.now();
    for (let from = 0; from < count; from += AT_ONCE) {
      const part = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) =>
        this.#open(url, lastIds[from + i]),
      );
      await Promise.all(part);
    }
    return performance.now() - beganMs;
  }

  /** Positions of all clients. */
  get lastIds() {
    return [...this.#clients].map(({ lastId }) => lastId);
  }

  close() {
    for (const { response } of this.#clients) response.destroy();
    this.#clients.clear();
  }

  #open(url, lastId) {
    return new Promise((resolve, reject) => {
      const headers = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
      const request = get(url, { agent: false, headers }, (response) => {
        if (response.statusCode !== 200) {
          reject(new Error(`${url}: status ${response.statusCode}`));
          return;
        }
        const client = { response, lastId };
        this.#clients.add(client);
        response.setEncoding('latin1');
        response.on('data', (text) => {
          this.#take(client, text);
          resolve();
        });
        response.on('error', () => undefined);
      });
      request.on('error', reject);
    });
  }

  #take(client, text) {
    for (const [, id] of text.matchAll(ID)) client.lastId = id;
    const nowMs = Date.now();
    this.events += text.split('\nevent: ').length - 1 || (text.startsWith('event: ') ? 1 : 0);
    for (const [, newest] of text.matchAll(NEWEST)) {
      this.rows++;
      if (this.isMeasuring) this.ages.push(nowMs - Number(newest));
    }
  }
}
