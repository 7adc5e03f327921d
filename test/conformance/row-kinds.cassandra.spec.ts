import { cassandraRowReader } from '../../src/adapters/cassandra/cassandra-row-reader';
import { CassandraRowSink } from '../../src/adapters/cassandra/cassandra-row-sink';
import { createStatements } from '../../src/commands/table-cql';
import type { CompiledPipeline, CompiledSink } from '../../src/core/pipeline/compiled-pipeline';
import { uniqueName } from '../support/servers';
import { describeRowKinds } from './row-kinds.conformance';
import { openKeyspace } from './row-sink-cassandra';

type Table = Extract<CompiledSink, { kind: 'cassandra' }>;

describeRowKinds('cassandra', async () => {
  const { client, keyspace, run, close } = await openKeyspace('row_kinds');
  return {
    async tableFor(compiled) {
      const sink: Table = { ...(compiled.sinks[0] as Table), keyspace, table: uniqueName('t') };
      const pipeline: CompiledPipeline = { ...compiled, sinks: [sink] };
      await run(createStatements(pipeline, '')[1]!.replace(/;$/, ''));
      const reader = cassandraRowReader(client, pipeline);
      if (!reader) throw new Error('the pipeline has a table');
      return { sink: new CassandraRowSink(client, sink), reader };
    },
    keepsZones: false,
    close,
  };
});
