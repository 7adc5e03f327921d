import { MemoryCacheStore } from '../../src/adapters/memory/memory-cache-store';
import { describeCacheStore } from './cache-store.conformance';

describeCacheStore('memory', () => {
  let nowMs = 0;
  return Promise.resolve({
    store: new MemoryCacheStore({ now: () => nowMs }),
    lapse: (_, ms) => Promise.resolve(void (nowMs += ms)),
    close: () => Promise.resolve(),
  });
});
