import { MemoryStateStore } from '../../src/adapters/memory/memory-state-store';
import { describeRebuildStore, type RebuildStoreUnderTest } from './rebuild-store.conformance';
import { describeSavepointStore, type SavepointStoreUnderTest } from './savepoint-store.conformance';
import { describeStateStore } from './state-store.conformance';

let tasks = 0;

function create(): Promise<RebuildStoreUnderTest & SavepointStoreUnderTest> {
  const store = new MemoryStateStore();
  return Promise.resolve({
    store,
    rebuilds: store,
    savepoints: store.savepoints,
    feed: store,
    task: () => ({ pipeline: `p${tasks++}`, partition: 0 }),
  });
}

describeStateStore('MemoryStateStore', create);
describeRebuildStore('MemoryStateStore', create);
describeSavepointStore('MemoryStateStore', create);
