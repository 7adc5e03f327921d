import { MemoryLog } from '../../src/adapters/memory/memory-log';
import { MemoryTransactionLog } from '../../src/adapters/memory/memory-transaction-log';
import { openMemoryLog } from './log-memory';
import { describeTransactionLog } from './transaction-log.conformance';

describeTransactionLog('memory', async () => {
  const harness = await openMemoryLog();
  return { ...harness, transactions: new MemoryTransactionLog(harness.producer as MemoryLog) };
});
