import { MemoryRateLimiter } from '../../src/adapters/memory/memory-rate-limiter';
import { uniqueName } from '../support/servers';
import { describeRateLimiter } from './rate-limiter.conformance';

describeRateLimiter('memory', () => {
  const clock = { nowMs: 0 };
  const limiter = new MemoryRateLimiter({ now: () => clock.nowMs });
  return Promise.resolve({
    limiters: [limiter, limiter],
    clock,
    newName: () => uniqueName('limit'),
    close: () => Promise.resolve(),
  });
});
