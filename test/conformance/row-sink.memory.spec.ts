import { MemoryTables } from '../../src/adapters/memory/memory-tables';
import { describeRowSink } from './row-sink.conformance';
import { dailyPipeline } from './row-sink-fixture';

describeRowSink(
  'memory',
  () => {
    const tables = new MemoryTables();
    const pipeline = dailyPipeline('memory');
    return Promise.resolve({
      newSink: () => tables.sinkFor(pipeline),
      survivors(location) {
        const rows = tables.rows(pipeline.name).filter(({ keyText }) => keyText === location);
        return Promise.resolve(
          rows.map(({ window, values, revision }) => ({ startMs: window?.startMs ?? 0, values, revision })),
        );
      },
      close: () => Promise.resolve(),
    });
  },
  300,
);
