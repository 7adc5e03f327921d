import { MemoryTables } from '../../src/adapters/memory/memory-tables';
import { describePartitionReader } from './partition-reader.conformance';

describePartitionReader('memory', () => {
  const tables = new MemoryTables();
  return Promise.resolve({
    keyspace: 'school',
    reader: tables.columns,
    sinkOf: (pipeline, sink) => tables.sinkFor(pipeline, sink),
    close: () => Promise.resolve(),
  });
});
