import { type Consumer, Kafka, logLevel } from 'kafkajs';

import type { ShownRecord } from './output-topic';
import { testServers, uniqueName } from './servers';

export interface CommittedRecord extends ShownRecord {
  readonly headers: Readonly<Record<string, string>>;
}

/** Follows a topic with kafkajs's own consumer, which sees what is committed; keeps what it saw, in its order. */
export class CommittedReader {
  readonly records: CommittedRecord[] = [];

  private constructor(private readonly consumer: Consumer) {}

  static async of(topic: string): Promise<CommittedReader> {
    const kafka = new Kafka({ brokers: testServers().kafka, logLevel: logLevel.ERROR });
    const consumer = kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 100 });
    const reader = new CommittedReader(consumer);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message: { key, value, headers = {} } }) => {
        const texts = Object.entries(headers).map(([name, text]) => [name, String(text)] as const);
        reader.records.push({ key: String(key), value: String(value), headers: Object.fromEntries(texts) });
        return Promise.resolve();
      },
    });
    return reader;
  }

  close(): Promise<void> {
    return this.consumer.disconnect();
  }
}
