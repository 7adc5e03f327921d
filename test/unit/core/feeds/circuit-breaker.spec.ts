import { CircuitBreaker } from '../../../../src/core/feeds/circuit-breaker';

describe('the circuit breaker', () => {
  const breaker = () => new CircuitBreaker({ failures: 3, pauseMs: 1_000 });

  it('opens after so many failures in a row, and not before', () => {
    const it = breaker();
    it.failedAt(0);
    it.failedAt(1);
    expect([it.stateAt(1), it.notBeforeMs]).toEqual(['closed', 0]);
    it.succeeded();
    it.failedAt(2);
    it.failedAt(3);
    expect(it.stateAt(3)).toBe('closed');
    it.failedAt(4);
    expect([it.stateAt(4), it.notBeforeMs, it.failures]).toEqual(['open', 1_004, 3]);
  });

  it('lets one try through after its pause, which closes it or opens it again', () => {
    const it = breaker();
    for (const at of [0, 1, 2]) it.failedAt(at);
    expect(it.stateAt(1_001)).toBe('open');
    expect(it.stateAt(1_002)).toBe('half-open');
    it.failedAt(1_002);
    expect([it.stateAt(1_003), it.notBeforeMs]).toEqual(['open', 2_002]);
    it.succeeded();
    expect([it.stateAt(2_002), it.notBeforeMs, it.failures]).toEqual(['closed', 0, 0]);
  });
});
