import { MemoryTables } from '../../src/adapters/memory/memory-tables';
import { describeRowSink } from './row-sink.conformance';
import { dailyPipeline } from './row-sink-fixture';

describeRowSink(
  'memory',
  async () => {
    const tables = new MemoryTables();
    const pipeline = dailyPipeline('memory');
    return {
      newSink: () => tables.sinkFor(pipeline),
      async survivors(location) {
        const rows = tables.rows(pipeline.name).filter(({ keyText }) => keyText === location);
        return rows.map(({ window, values, revision }) => ({ startMs: window?.startMs ?? 0, values, revision }));
      },
      close: async () => undefined,
    };
  },
  300,
);
