import { MemoryWorkQueue } from '../../src/adapters/memory/memory-work-queue';
import { describeWorkQueue } from './work-queue.conformance';

describeWorkQueue('memory', () =>
  Promise.resolve({
    open(bounds) {
      const queue = new MemoryWorkQueue({ now: () => Date.now() }, bounds);
      return [queue, queue];
    },
    close: () => Promise.resolve(),
  }),
);
