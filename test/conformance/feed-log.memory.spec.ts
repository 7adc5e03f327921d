import { MemoryFeedLog } from '../../src/adapters/memory/memory-feed-log';
import { MemoryLog } from '../../src/adapters/memory/memory-log';
import { describeFeedLog } from './feed-log.conformance';
import { openMemoryLog } from './log-memory';

describeFeedLog('memory', async () => {
  const harness = await openMemoryLog();
  return { ...harness, feeds: new MemoryFeedLog(harness.producer as MemoryLog) };
});
