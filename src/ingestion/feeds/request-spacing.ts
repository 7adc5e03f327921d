import type { Clock } from '../../core/ports/clock.port';
import { pause } from '../../runtime/back-off';

export interface RequestLimit {
  readonly requests: number;
  /** ms */
  readonly per: number;
}

/** Spreads requests evenly, so that no span of the limit's length has more than it allows. */
export class RequestSpacing {
  private nextMs = 0;

  constructor(
    private readonly limit: RequestLimit | undefined,
    private readonly clock: Clock,
  ) {}

  /** Resolves when a request may be made, or at once when the signal aborts. */
  async turn(signal: AbortSignal): Promise<void> {
    if (!this.limit) return;
    const nowMs = this.clock.now();
    const atMs = Math.max(nowMs, this.nextMs);
    this.nextMs = atMs + this.limit.per / this.limit.requests;
    if (atMs > nowMs) await pause(atMs - nowMs, signal);
  }
}
