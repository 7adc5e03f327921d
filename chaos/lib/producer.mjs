import kafkajs from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PARTITIONS } from './records.mjs';

const TICK_MS = 50;
const AGAIN_MS = 200;

/**
 * Sends the records of a seed in their order, each until the broker has acknowledged it. One request is under way at a
 * time, so that the order holds. A record may come to lie in the log twice when an acknowledgement is lost; the oracle
 * reads the log and knows.
 */
export class ChaosProducer {
  /** Records that are acknowledged: ids from 0 to `sent - 1`. */
  sent = 0;
  failures = 0;

  constructor(kafka, records, { topic, rate }) {
    Object.assign(this, { kafka, records, topic, batch: Math.max(1, Math.round((rate * TICK_MS) / 1000)) });
    this.stopping = false;
  }

  start() {
    this.ended = this.produce();
    // Looked at by `stop`; until then a failure must not end the process.
    this.ended.catch(() => {});
  }

  async stop() {
    this.stopping = true;
    await this.ended;
    const ids = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    await this.send(ids.map((partition) => this.records.closing(partition, this.sent, this.keyOf(partition))));
    await this.producer.disconnect();
  }

  /** Of the newest records. */
  get eventTimeMs() {
    return this.records.eventTimeMs(this.sent);
  }

  async produce() {
    while (!this.stopping) {
      const records = Array.from({ length: this.batch }, (_, i) => this.records.at(this.sent + i));
      await this.send(records);
      this.sent += this.batch;
      await sleep(TICK_MS);
    }
  }

  async send(records) {
    const messages = records.map((record) => ({
      key: record.k,
      partition: this.kafka.partitionOf(record.k),
      value: JSON.stringify(record),
    }));
    for (;;) {
      try {
        this.producer ??= await this.connect();
        await this.producer.send({ topic: this.topic, messages, acks: -1 });
        return;
      } catch {
        // A producer whose sequence is in doubt is given up: the next one starts a sequence of its own.
        this.failures++;
        await this.producer?.disconnect().catch(() => {});
        this.producer = undefined;
        await sleep(AGAIN_MS);
      }
    }
  }

  async connect() {
    const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 30 };
    const producer = this.kafka.client.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      retry,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }

  /** A key of its own that lies in the partition. */
  keyOf(partition) {
    for (let i = 0; ; i++) if (this.kafka.partitionOf(`close${i}`) === partition) return `close${i}`;
  }
}
