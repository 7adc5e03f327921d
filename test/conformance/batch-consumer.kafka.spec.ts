import { KafkaBatchConsumer } from '../../src/adapters/kafka/kafka-batch-consumer';
import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaRecordProducer } from '../../src/adapters/kafka/kafka-record-producer';
import { KafkaTopicAdmin } from '../../src/adapters/kafka/kafka-topic-admin';
import { silentLog } from '../../src/core/ports/log.port';
import { testServers, uniqueName } from '../support/servers';
import { waitUntil } from '../support/wait-until';
import { describeBatchConsumer } from './batch-consumer.conformance';

const kafka = createKafka({ brokers: testServers().kafka, clientId: 'conformance' }, silentLog);
const producer = new KafkaRecordProducer(kafka);
const topics = new KafkaTopicAdmin(kafka);

afterAll(() => Promise.all([producer.close(), topics.close()]));

describeBatchConsumer('KafkaBatchConsumer', () =>
  Promise.resolve({
    producer,
    topics,
    topic: () => uniqueName('batches'),
    consumer: (groupId, topic) => new KafkaBatchConsumer({ kafka, groupId, topic, concurrency: 3, log: silentLog }),
  }),
);

describe('KafkaBatchConsumer of a topic that transactions write', () => {
  it.each([{ ends: 'commit' }, { ends: 'abort' }] as const)(
    'tells of the marker after records that came with it ($ends at the end)',
    async ({ ends }) => {
      const topic = uniqueName('markers');
      await topics.ensure([{ topic, partitions: 1, purpose: 'source' }]);
      await transact(topic, 'commit', ['a', 'b']);
      if (ends === 'abort') await transact(topic, 'abort', ['c']);
      const end = ends === 'commit' ? 3n : 5n;
      await waitUntil('the last marker is written', async () => (await topics.extents(topic)).get(0)?.end === end);
      const consumer = new KafkaBatchConsumer({ kafka, groupId: topic, topic, concurrency: 1, log: silentLog });
      try {
        let position = 0n;
        await consumer.run({
          assigned: () => consumer.seek(0, 0n),
          batch: (batch, { resolve }) => Promise.resolve(resolve((position = batch.records.at(-1)!.offset + 1n))),
          skipped: (_partition, from, to) => void (position = position >= from ? to : position),
        });
        await waitUntil('everything up to the end of the log is accounted for', () => position === end);
      } finally {
        await consumer.stop();
      }
    },
  );
});

async function transact(topic: string, end: 'commit' | 'abort', values: readonly string[]): Promise<void> {
  const writer = kafka.producer({ transactionalId: uniqueName('markers'), idempotent: true, maxInFlightRequests: 1 });
  await writer.connect();
  try {
    const transaction = await writer.transaction();
    await transaction.send({ topic, messages: values.map((value) => ({ value })) });
    await transaction[end]();
  } finally {
    await writer.disconnect();
  }
}
