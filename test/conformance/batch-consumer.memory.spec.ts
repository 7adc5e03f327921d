import { MemoryBatchConsumer } from '../../src/adapters/memory/memory-batch-consumer';
import { MemoryLog } from '../../src/adapters/memory/memory-log';
import { uniqueName } from '../support/servers';
import { describeBatchConsumer } from './batch-consumer.conformance';

describeBatchConsumer('MemoryBatchConsumer', () => {
  const log = new MemoryLog({ now: () => 0 });
  return Promise.resolve({
    producer: log,
    topics: log,
    topic: () => uniqueName('batches'),
    consumer: (groupId, topic) => new MemoryBatchConsumer({ log, groupId, topic }),
  });
});
