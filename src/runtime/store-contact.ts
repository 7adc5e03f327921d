import type { Clock } from '../core/ports/clock.port';

/**
 * Whether this process reaches the state store, without which it can neither claim nor commit a task. Its consumers ask at
 * each join of a group: others then get the partitions, if they reach the store. Nothing is lost before the first contact.
 */
export class StoreContact {
  private lastMs: number | undefined;
  private told = false;

  /** It is lost after `patienceMs` without contact. */
  constructor(
    private readonly clock: Clock,
    private readonly patienceMs: number,
  ) {}

  /** Whether a group was told that contact is lost, and was not joined since. */
  get wasToldLost(): boolean {
    return this.told;
  }

  reached(): void {
    this.lastMs = this.clock.now();
  }

  /** For a group that is joined now. */
  tellLost(): boolean {
    const isLost = this.lastMs !== undefined && this.clock.now() - this.lastMs > this.patienceMs;
    this.told ||= isLost;
    return isLost;
  }

  /** The groups will be joined again. */
  forgetTold(): void {
    this.told = false;
  }
}
