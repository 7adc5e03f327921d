import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaFeedLog } from '../../src/adapters/kafka/kafka-feed-log';
import { KafkaTopicReader } from '../../src/adapters/kafka/kafka-topic-reader';
import { silentLog } from '../../src/core/ports/log.port';
import { testServers } from '../support/servers';
import { describeFeedLog } from './feed-log.conformance';
import { openKafkaLog } from './log-kafka';

jest.setTimeout(60_000);

describeFeedLog('kafka', async () => {
  const harness = await openKafkaLog();
  const kafka = createKafka({ brokers: testServers().kafka, clientId: 'millrace-test' }, silentLog);
  const topicReader = new KafkaTopicReader(kafka);
  return {
    ...harness,
    feeds: new KafkaFeedLog({ kafka, topics: harness.topics, topicReader }),
    close: async () => {
      await topicReader.close();
      await harness.close();
    },
  };
});
