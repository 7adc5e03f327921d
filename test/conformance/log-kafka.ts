import type { Kafka } from 'kafkajs';
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
  return Promise.resolve({
    producer,
    topics,
    stored: (topic, count) => consume(kafka, topic, count),
    async mirror(groupId, topic, nextOffsets, metadata) {
      const consumer = kafka.consumer({ groupId });
      const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
      await consumer.connect();
      await consumer.subscribe({ topic });
      await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
      await joined;
      await consumer.commitOffsets(
        [...nextOffsets].map(([partition, next]) => ({ topic, partition, offset: String(next), metadata })),
      );
      await consumer.disconnect();
    },
    async close() {
      await producer.close();
      await topics.close();
    },
  });
}

async function consume(kafka: Kafka, topic: string, count: number): Promise<readonly StoredRecord[]> {
  const consumer = kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 100 });
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
  await consumer.disconnect();
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
}
