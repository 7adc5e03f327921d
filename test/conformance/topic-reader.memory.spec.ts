import type { MemoryLog } from '../../src/adapters/memory/memory-log';
import { MemoryTopicReader } from '../../src/adapters/memory/memory-topic-reader';
import { openMemoryLog } from './log-memory';
import { describeTopicReader } from './topic-reader.conformance';

describeTopicReader('memory', async () => {
  const log = await openMemoryLog();
  return { log, reader: new MemoryTopicReader(log.topics as MemoryLog), close: () => log.close() };
});
