import { MemoryTables } from '../../src/adapters/memory/memory-tables';
import { describeRowReader } from './row-reader.conformance';
import { dailyPipeline } from './row-sink-fixture';

describeRowReader('memory', () =>
  Promise.resolve({
    newTable() {
      const tables = new MemoryTables();
      const pipeline = dailyPipeline('memory');
      return Promise.resolve({
        pipeline: pipeline.name,
        sink: tables.sinkFor(pipeline),
        reader: tables.readerFor(pipeline),
      });
    },
    close: () => Promise.resolve(),
  }),
);
