export interface BreakerLimits {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it stays open, ms; one try follows. */
  readonly pauseMs: number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * Asks nothing of an upstream that has failed several times in a row, then lets one try through (M. Nygard, Release It!).
 * For a caller that makes one request at a time. Own code: libraries for it wrap calls, which here would hide what
 * failed and count by a clock of their own.
 */
export class CircuitBreaker {
  private failed = 0;
  private openUntilMs = 0;

  constructor(private readonly limits: BreakerLimits) {}

  succeeded(): void {
    this.failed = 0;
    this.openUntilMs = 0;
  }

  failedAt(nowMs: number): void {
    this.failed += 1;
    if (this.failed >= this.limits.failures) this.openUntilMs = nowMs + this.limits.pauseMs;
  }

  /** Failures since the last success. */
  get failures(): number {
    return this.failed;
  }

  /** When the next try may be, epoch ms; 0 when at any time. */
  get notBeforeMs(): number {
    return this.openUntilMs;
  }

  stateAt(nowMs: number): BreakerState {
    if (this.failed < this.limits.failures) return 'closed';
    return nowMs < this.openUntilMs ? 'open' : 'half-open';
  }
}
