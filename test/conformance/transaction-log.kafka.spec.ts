import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaTransactionLog } from '../../src/adapters/kafka/kafka-transaction-log';
import { silentLog } from '../../src/core/ports/log.port';
import { testServers } from '../support/servers';
import { openKafkaLog } from './log-kafka';
import { describeTransactionLog } from './transaction-log.conformance';

jest.setTimeout(60_000);

describeTransactionLog('kafka', async () => {
  const harness = await openKafkaLog();
  const kafka = createKafka({ brokers: testServers().kafka, clientId: 'millrace-test' }, silentLog);
  const transactions = new KafkaTransactionLog({ kafka, topics: harness.topics, log: silentLog });
  return { ...harness, transactions };
});
