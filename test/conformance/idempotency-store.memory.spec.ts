import { MemoryIdempotencyStore } from '../../src/adapters/memory/memory-idempotency-store';
import { describeIdempotencyStore } from './idempotency-store.conformance';

const NOW_MS = 1_000_000;

describeIdempotencyStore('memory', () => {
  let keys = 0;
  const store = new MemoryIdempotencyStore({ now: () => NOW_MS });
  return Promise.resolve({
    store,
    newKey: () => `key ${(keys += 1)}`,
    keptMs: (key) => Promise.resolve((store.keptUntilMs(key) ?? NOW_MS) - NOW_MS),
    close: () => Promise.resolve(),
  });
});
