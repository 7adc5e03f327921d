import { KafkaBatchConsumer } from '../../src/adapters/kafka/kafka-batch-consumer';
import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaRecordProducer } from '../../src/adapters/kafka/kafka-record-producer';
import { KafkaTopicAdmin } from '../../src/adapters/kafka/kafka-topic-admin';
import { silentLog } from '../../src/core/ports/log.port';
import { testServers, uniqueName } from '../support/servers';
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
