import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 40;
const DEADLINE_MS = 10_000;

/** Two who ask for rows all the time: one over connections that stay open, one over a new connection for each request. */
export class Visitors {
  failures = [];
  requests = 0;
  #stopping = new AbortController();
  #loops = [];

  constructor(url) {
    this.url = `${url}/v1/pipelines/air-quality-daily/rows?limit=5`;
  }

  start() {
    this.#loops = [this.#loop('open connection', askAgain), this.#loop('new connection', askAnew)];
  }

  async stop() {
    this.#stopping.abort();
    await Promise.all(this.#loops);
  }

  async #loop(who, ask) {
    while (!this.#stopping.signal.aborted) {
      this.requests += 1;
      const begin = Date.now();
      try {
        const status = await ask(this.url);
        if (status !== 200) this.failures.push(`GET, ${who}: ${status}`);
      } catch (error) {
        const reason = error.cause?.message ?? error.message;
        this.failures.push(`GET, ${who}, after ${Date.now() - begin} ms: ${reason}`);
      }
      await sleep(PAUSE_MS);
    }
  }
}

async function askAgain(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) });
  await answer.text();
  return answer.status;
}

function askAnew(url) {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: DEADLINE_MS }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
      answer.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
  });
}
