import { MemorySnapshotStore } from '../../src/adapters/memory/memory-snapshot-store';
import { uniqueName } from '../support/servers';
import { describeSnapshotStore } from './snapshot-store.conformance';

describeSnapshotStore('memory', () =>
  Promise.resolve({
    store: new MemorySnapshotStore(),
    newPipeline: () => uniqueName('history'),
    close: () => Promise.resolve(),
  }),
);
