import { type Consumer, Kafka, logLevel } from 'kafkajs';

import type { ShownRecord } from './output-topic';
import { testServers, uniqueName } from './servers';

/** Follows a topic with kafkajs's own consumer, which sees what is committed; keeps what it saw, in its order. */
export class CommittedReader {
  readonly records: ShownRecord[] = [];

  private constructor(private readonly consumer: Consumer) {}

  static async of(topic: string): Promise<CommittedReader> {
    const kafka = new Kafka({ brokers: testServers().kafka, logLevel: logLevel.ERROR });
    const consumer = kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 100 });
    const reader = new CommittedReader(consumer);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message: { key, value } }) => {
        reader.records.push({ key: String(key), value: String(value) });
        return Promise.resolve();
      },
    });
    return reader;
  }

  close(): Promise<void> {
    return this.consumer.disconnect();
  }
}
