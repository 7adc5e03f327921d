import type { Consumer } from 'kafkajs';
import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaRecordProducer } from '../../src/adapters/kafka/kafka-record-producer';
import { KafkaTopicAdmin } from '../../src/adapters/kafka/kafka-topic-admin';
import { silentLog } from '../../src/core/ports/log.port';
import { testServers, uniqueName } from '../support/servers';
import type { LogHarness, StoredRecord } from './record-producer.conformance';

export function openKafkaLog(): Promise<LogHarness> {
  const kafka = createKafka({ brokers: testServers().kafka, clientId: 'millrace-test' }, silentLog);
  const producer = new KafkaRecordProducer(kafka);
  const topics = new KafkaTopicAdmin(kafka);
  /** A test that runs into its time-out leaves its reader behind: whoever closes the harness ends it. */
  const readers = new Set<Consumer>();
  const reader = (groupId: string): Consumer => {
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    readers.add(consumer);
    return consumer;
  };
  const end = async (consumer: Consumer): Promise<void> => {
    readers.delete(consumer);
    await consumer.disconnect();
  };
  return Promise.resolve({
    producer,
    topics,
    async stored(topic, count) {
      const consumer = reader(uniqueName('reader'));
      const records = await consume(consumer, topic, count);
      await end(consumer);
      return records;
    },
    async mirror(groupId, topic, nextOffsets, metadata) {
      const consumer = reader(groupId);
      const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
      await consumer.connect();
      await consumer.subscribe({ topic });
      // Only a member of the group may commit: kafkajs has no member before `run` has joined.
      await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
      await joined;
      await consumer.commitOffsets(
        [...nextOffsets].map(([partition, next]) => ({ topic, partition, offset: String(next), metadata })),
      );
      await end(consumer);
    },
    async close() {
      await Promise.all([...readers].map(end));
      await producer.close();
      await topics.close();
    },
  });
}

async function consume(consumer: Consumer, topic: string, count: number): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => (payload.restart ? undefined : reject(payload.error)));
    consumer
      .run({
        eachMessage: ({ partition, message }) => {
          const { offset, timestamp, key, value, headers = {} } = message;
          records.push({
            partition,
            offset: BigInt(offset),
            timestampMs: Number(timestamp),
            key: key?.toString() ?? null,
            value: value?.toString() ?? null,
            headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
          });
          if (records.length >= count) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
}
