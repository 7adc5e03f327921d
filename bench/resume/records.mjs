import kafkajs from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOAD_BATCH = 5_000;
const FLOW_MS = 20;

/** Produces the input: each key once, then a steady flow over all keys in a fixed, mixed order. */
export class Records {
  #flowing;
  #next = 0;

  static async connect({ client, topic, keys }) {
    const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    return new Records(producer, topic, keys);
  }

  constructor(producer, topic, keys) {
    Object.assign(this, { producer, topic, keys });
  }

  async load(repeats = 1) {
    for (let from = 0; from < this.keys * repeats; from += LOAD_BATCH) {
      const count = Math.min(LOAD_BATCH, this.keys * repeats - from);
      await this.#send(Array.from({ length: count }, (_, j) => (from + j) % this.keys));
    }
  }

  /** Sends about `perSecond` records a second until `stop`. */
  flow(perSecond) {
    const ended = new AbortController();
    const run = async () => {
      const beganMs = Date.now();
      for (let sent = 0; !ended.signal.aborted;) {
        const due = Math.floor(((Date.now() - beganMs) * perSecond) / 1000);
        const numbers = Array.from({ length: due - sent }, () => (this.#next = (this.#next + 7919) % this.keys));
        if (numbers.length > 0) await this.#send(numbers);
        sent = due;
        await sleep(FLOW_MS);
      }
    };
    this.#flowing = { ended, done: run() };
  }

  async stop() {
    this.#flowing?.ended.abort();
    await this.#flowing?.done;
    await this.producer.disconnect();
  }

  async #send(numbers) {
    const sent = Date.now();
    const messages = numbers.map((i) => {
      const key = keyOf(i);
      return { key, timestamp: String(sent), value: JSON.stringify({ k: key, v: i % 1000, sent }) };
    });
    await this.producer.send({ topic: this.topic, messages, acks: 1 });
  }
}

export function keyOf(i) {
  return `key-${String(i).padStart(7, '0')}`;
}
