import { MemoryStateStore } from '../../src/adapters/memory/memory-state-store';
import { describeStateStore } from './state-store.conformance';

let tasks = 0;

describeStateStore('MemoryStateStore', () => {
  const store = new MemoryStateStore();
  return Promise.resolve({
    store,
    rebuilds: store,
    feed: store,
    task: () => ({ pipeline: `p${tasks++}`, partition: 0 }),
  });
});
