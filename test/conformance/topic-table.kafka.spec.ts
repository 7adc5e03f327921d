import { KafkaBatchConsumer } from '../../src/adapters/kafka/kafka-batch-consumer';
import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaRecordProducer } from '../../src/adapters/kafka/kafka-record-producer';
import { KafkaTopicAdmin } from '../../src/adapters/kafka/kafka-topic-admin';
import { silentLog } from '../../src/core/ports/log.port';
import { testServers, uniqueName } from '../support/servers';
import { describeTopicTable } from './topic-table.conformance';

jest.setTimeout(60_000);

describeTopicTable('Kafka', () => {
  const kafka = createKafka({ brokers: testServers().kafka, clientId: 'conformance' }, silentLog);
  const producer = new KafkaRecordProducer(kafka);
  const topics = new KafkaTopicAdmin(kafka);
  return Promise.resolve({
    ...{ producer, topics },
    newTopic: () => uniqueName('table'),
    followerOf: (topic) =>
      new KafkaBatchConsumer({ kafka, groupId: uniqueName('follower'), topic, concurrency: 3, log: silentLog }),
    close: async () => {
      await Promise.all([producer.close(), topics.close()]);
    },
  });
});
