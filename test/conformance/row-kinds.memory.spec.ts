import { MemoryTables } from '../../src/adapters/memory/memory-tables';
import { describeRowKinds } from './row-kinds.conformance';

describeRowKinds('memory', () =>
  Promise.resolve({
    tableFor(pipeline) {
      const tables = new MemoryTables();
      return Promise.resolve({ sink: tables.sinkFor(pipeline), reader: tables.readerFor(pipeline) });
    },
    keepsZones: true,
    close: () => Promise.resolve(),
  }),
);
