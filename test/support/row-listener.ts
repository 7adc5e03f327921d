import type { Consumer, Kafka } from 'kafkajs';

import { uniqueName } from './servers';

/** A final row as its output topic has it, with the moment when it was read there. */
export interface HeardRow {
  readonly key: Readonly<Record<string, string>>;
  readonly window: { readonly start: string; readonly end: string };
  readonly values: Readonly<Record<string, number>>;
  readonly final: boolean;
  /** Epoch ms of this machine. */
  readonly heardMs: number;
}

/** Reads the rows of an output topic as they come. */
export class RowListener {
  readonly rows: HeardRow[] = [];

  private constructor(private readonly consumer: Consumer) {}

  /** Resolves when it reads: rows from then on are heard at once. */
  static async to(topic: string, kafka: Kafka): Promise<RowListener> {
    const consumer = kafka.consumer({ groupId: uniqueName('listener'), maxWaitTimeInMs: 50 });
    const listener = new RowListener(consumer);
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message }) => {
        const row = JSON.parse(String(message.value)) as HeardRow;
        listener.rows.push({ ...row, heardMs: Date.now() });
        return Promise.resolve();
      },
    });
    await joined;
    return listener;
  }

  close(): Promise<void> {
    return this.consumer.disconnect();
  }
}
