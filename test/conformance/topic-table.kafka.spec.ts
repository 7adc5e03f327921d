import { KafkaBatchConsumer } from '../../src/adapters/kafka/kafka-batch-consumer';
import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaRecordProducer } from '../../src/adapters/kafka/kafka-record-producer';
import { KafkaTopicAdmin } from '../../src/adapters/kafka/kafka-topic-admin';
import { silentLog } from '../../src/core/ports/log.port';
import { TopicTable } from '../../src/runtime/lookup/topic-table';
import { testServers, uniqueName } from '../support/servers';
import { describeTopicTable } from './topic-table.conformance';

jest.setTimeout(60_000);

const kafka = createKafka({ brokers: testServers().kafka, clientId: 'conformance' }, silentLog);
const producer = new KafkaRecordProducer(kafka);
const topics = new KafkaTopicAdmin(kafka);
const follower = (topic: string, groupId: string) =>
  new KafkaBatchConsumer({ kafka, groupId, topic, concurrency: 3, log: silentLog });

afterAll(() => Promise.all([producer.close(), topics.close()]));

describeTopicTable('Kafka', () =>
  Promise.resolve({
    ...{ producer, topics },
    newTopic: () => uniqueName('table'),
    followerOf: (topic) => follower(topic, uniqueName('follower')),
    close: () => Promise.resolve(),
  }),
);

describe('the group in which a table is read', () => {
  it('has no offsets, and is gone when the table is closed', async () => {
    const topic = uniqueName('table');
    const groupId = uniqueName('follower');
    await topics.ensure([{ topic, partitions: 1, purpose: 'reference' }]);
    await producer.send(topic, [{ key: 'a', value: '1' }]);
    const spec = { kind: 'topic', name: topic, pointInTime: undefined, maxEntries: 10 } as const;
    const table = new TopicTable({ spec, topics, log: silentLog, consumer: follower(topic, groupId) });
    await table.open();
    expect(await topics.memberCount(groupId)).toBe(1);
    expect(await topics.mirrored(groupId, topic)).toEqual([]);
    await table.close();
    const admin = kafka.admin();
    await admin.connect();
    const { groups } = await admin.describeGroups([groupId]);
    await admin.disconnect();
    expect(groups).toMatchObject([{ members: [] }]);
    expect(await topics.mirrored(groupId, topic)).toEqual([]);
  });
});
