import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaTopicReader } from '../../src/adapters/kafka/kafka-topic-reader';
import { TransientError } from '../../src/core/errors';
import { silentLog } from '../../src/core/ports/log.port';
import { testServers, uniqueName } from '../support/servers';
import { openKafkaLog } from './log-kafka';
import { describeTopicReader } from './topic-reader.conformance';

const kafka = createKafka({ brokers: testServers().kafka, clientId: 'millrace-test' }, silentLog);
const reader = new KafkaTopicReader(kafka);

describeTopicReader('kafka', async () => {
  const log = await openKafkaLog();
  return {
    ...{ log, reader },
    async close() {
      await reader.close();
      await log.close();
    },
  };
});

describe('KafkaTopicReader', () => {
  it('says of an offset that the log does not have where it is missing', async () => {
    const log = await openKafkaLog();
    const topic = uniqueName('topic');
    await log.topics.ensure([{ topic, partitions: 1, purpose: 'dead' }]);
    const read = reader.read(topic, 0, 5n);
    await expect(read).rejects.toThrow(TransientError);
    await expect(read).rejects.toThrow(new RegExp(`read ${topic}/0 at offset 5: .*OFFSET_OUT_OF_RANGE`));
    await reader.close();
    await log.close();
  });
});
