import type { Clock } from '../core/ports/clock.port';

/**
 * What a task knows of a partition that may be idle; `semantics.md` section 5. Arrivals count until their records are
 * processed, and a partition whose delivery is held up is not quiet: nothing could arrive.
 */
export class IdleEvidence {
  /** Of the log, as last seen. */
  endOffset = 0n;
  private quietSinceMs: number;
  private atWork = 0;

  constructor(private readonly clock: Clock) {
    this.quietSinceMs = clock.now();
  }

  /** Records are at work, or delivery is held up, until the function that is returned is called. */
  disturb(): () => void {
    this.atWork++;
    return () => {
      this.atWork--;
      this.quietSinceMs = this.clock.now();
    };
  }

  /** Whether everything that the log had when last seen is processed, and nothing came in `idleMs` before `atMs`. */
  isQuiet(position: bigint, idleMs: number, atMs: number): boolean {
    return this.atWork === 0 && position >= this.endOffset && atMs - this.quietSinceMs >= idleMs;
  }
}
