import type { Window, WindowAssigner } from './window';

/**
 * `[k*size + offset, (k+1)*size + offset)`, aligned to the epoch in UTC: Kafka Streams' `TimeWindows`.
 * All in ms; `0 <= offsetMs < sizeMs`.
 */
export class TumblingWindowAssigner implements WindowAssigner {
  private last: readonly [Window];

  constructor(
    private readonly sizeMs: number,
    private readonly offsetMs = 0,
  ) {
    this.last = this.windowAt(0);
  }

  assign(eventTimeMs: number): readonly Window[] {
    const { startMs, endMs } = this.last[0];
    if (eventTimeMs < startMs || eventTimeMs >= endMs) this.last = this.windowAt(eventTimeMs);
    return this.last;
  }

  private windowAt(eventTimeMs: number): readonly [Window] {
    const startMs = Math.floor((eventTimeMs - this.offsetMs) / this.sizeMs) * this.sizeMs + this.offsetMs;
    return [{ startMs, endMs: startMs + this.sizeMs, zone: 'UTC' }];
  }
}
