import { MemoryStateStore } from '../../src/adapters/memory/memory-state-store';
import { describeRebuildStore, type RebuildStoreUnderTest } from './rebuild-store.conformance';
import { describeStateStore } from './state-store.conformance';

let tasks = 0;

function create(): Promise<RebuildStoreUnderTest> {
  const store = new MemoryStateStore();
  return Promise.resolve({
    store,
    rebuilds: store,
    feed: store,
    task: () => ({ pipeline: `p${tasks++}`, partition: 0 }),
  });
}

describeStateStore('MemoryStateStore', create);
describeRebuildStore('MemoryStateStore', create);
