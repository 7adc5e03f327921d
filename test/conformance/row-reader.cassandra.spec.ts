import { cassandraRowReader } from '../../src/adapters/cassandra/cassandra-row-reader';
import { CassandraRowSink } from '../../src/adapters/cassandra/cassandra-row-sink';
import { uniqueName } from '../support/servers';
import { describeRowReader } from './row-reader.conformance';
import { openKeyspace } from './row-sink-cassandra';
import { dailyPipeline, dailyPlan, dailyTable } from './row-sink-fixture';

describeRowReader('cassandra', async () => {
  const { client, keyspace, run, close } = await openKeyspace('row_reader');
  return {
    async newTable() {
      const plan = dailyPlan(keyspace, uniqueName('daily'));
      await run(dailyTable(keyspace, plan.table));
      const pipeline = dailyPipeline('cassandra', plan);
      const reader = cassandraRowReader(client, pipeline);
      if (!reader) throw new Error('the table holds all that a row needs');
      return { pipeline: pipeline.name, sink: new CassandraRowSink(client, plan), reader };
    },
    close,
  };
});
