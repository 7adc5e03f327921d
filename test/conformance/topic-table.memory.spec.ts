import { MemoryBatchConsumer } from '../../src/adapters/memory/memory-batch-consumer';
import { MemoryLog } from '../../src/adapters/memory/memory-log';
import { uniqueName } from '../support/servers';
import { describeTopicTable } from './topic-table.conformance';

describeTopicTable('MemoryLog', () => {
  const log = new MemoryLog({ now: () => Date.now() });
  return Promise.resolve({
    producer: log,
    topics: log,
    newTopic: () => uniqueName('table'),
    followerOf: (topic) => new MemoryBatchConsumer({ log, groupId: uniqueName('follower'), topic }),
    close: () => Promise.resolve(),
  });
});
