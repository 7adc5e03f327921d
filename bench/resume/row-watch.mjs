import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;

/**
 * Sees the rows as a reader of the output topic does. A row lies in the partition of its task: both topics place the
 * same keys alike.
 */
export class RowWatch {
  /** Arrivals of each partition: { atMs, newest }, one for each batch that a reader gets. */
  #arrivals;

  static async connect({ client, topic, partitions }) {
    const consumer = client.consumer({ groupId: `${topic}-watch`, maxWaitTimeInMs: 20, sessionTimeout: 60_000 });
    const watch = new RowWatch(consumer, partitions);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: false });
    await consumer.run({ autoCommit: false, eachBatch: async ({ batch }) => watch.#take(batch) });
    return watch;
  }

  constructor(consumer, partitions) {
    this.consumer = consumer;
    this.#arrivals = Array.from({ length: partitions }, () => []);
  }

  /** Resolves with the moment at which each of the partitions had a row of a record that was produced after `ms`. */
  async firstAfter(ms, partitions, timeoutMs = 60_000) {
    const deadlineMs = Date.now() + timeoutMs;
    for (;;) {
      const first = partitions.map((partition) => this.#arrivals[partition].find(({ newest }) => newest > ms)?.atMs);
      if (first.every((atMs) => atMs !== undefined)) return first;
      if (Date.now() > deadlineMs) throw new Error(`no new row of ${partitions} within ${timeoutMs} ms: ${first}`);
      await sleep(POLL_MS);
    }
  }

  /** The longest time without a row of each partition, between two moments. */
  gaps(fromMs, toMs, partitions) {
    return partitions.map((partition) => {
      const at = this.#arrivals[partition].map(({ atMs }) => atMs).filter((ms) => ms >= fromMs && ms <= toMs);
      const moments = [fromMs, ...at, toMs];
      return Math.max(...moments.slice(1).map((ms, i) => ms - moments[i]));
    });
  }

  close() {
    return this.consumer.disconnect();
  }

  #take({ partition, messages }) {
    const atMs = Date.now();
    const newest = Math.max(...messages.map(({ value }) => JSON.parse(value).values?.newest ?? 0));
    this.#arrivals[partition].push({ atMs, newest });
  }
}
