import { CassandraPartitionReader } from '../../src/adapters/cassandra/cassandra-partition-reader';
import { CassandraRowSink } from '../../src/adapters/cassandra/cassandra-row-sink';
import { TableConsistency } from '../../src/adapters/cassandra/table-consistency';
import { describePartitionReader, SCORES_TABLE } from './partition-reader.conformance';
import { openKeyspace } from './row-sink-cassandra';

describePartitionReader('cassandra', async () => {
  const { client, keyspace, run, close } = await openKeyspace('partitions');
  for (const statement of SCORES_TABLE) await run(statement.replaceAll('KEYSPACE', keyspace));
  const levels = new Map([[`${keyspace}.*`, { reads: 'ONE', writes: 'ALL' } as const]]);
  const consistency = new TableConsistency(levels);
  return {
    keyspace,
    reader: new CassandraPartitionReader(client, consistency),
    sinkOf: (_, sink) => new CassandraRowSink(client, sink, { consistency }),
    close,
  };
});
