import type { ErrorBudgetPort } from '../core/task/error-budget-port';

export interface ErrorBudgetOptions {
  readonly share: number;
  readonly of: number;
  /** Called once each time that the budget is spent. */
  readonly onSpent: (reason: string) => void;
}

/**
 * Spent when more than `share` of the last `of` records became dead letters: then a deploy is wrong, rather than a
 * producer, and all of the topic would follow. Counts the records of a pipeline that this process has processed since
 * it started or was told to go on. So at most `share * of + 1` letters are made before it stops.
 */
export class ErrorBudget implements ErrorBudgetPort {
  private readonly outcomes: Uint8Array;
  private readonly held = new Map<number, () => void>();
  private next = 0;
  private dead = 0;
  /** Why the pipeline is paused; `undefined` while it is not. */
  reason: string | undefined;

  constructor(private readonly options: ErrorBudgetOptions) {
    this.outcomes = new Uint8Array(options.of);
  }

  get isSpent(): boolean {
    return this.reason !== undefined;
  }

  add(problem: string | undefined): void {
    const outcome = problem === undefined ? 0 : 1;
    this.dead += outcome - this.outcomes[this.next]!;
    this.outcomes[this.next] = outcome;
    this.next = this.next + 1 === this.outcomes.length ? 0 : this.next + 1;
    const { share, of, onSpent } = this.options;
    if (problem === undefined || this.isSpent || this.dead <= share * of) return;
    this.reason =
      `${this.dead} of the last ${of} records became dead letters, more than a share of ${share}; nothing more is read. ` +
      `Mend the definition or the producer, then deploy it or resume the pipeline. The last problem: ${problem}`;
    onSpent(this.reason);
  }

  /** A partition waits for {@link resume}, which calls `release`. */
  hold(partition: number, release: () => void): void {
    const before = this.held.get(partition);
    this.held.set(partition, () => {
      before?.();
      release();
    });
  }

  /** Begins to count anew, and lets go what waits. */
  resume(): void {
    this.outcomes.fill(0);
    this.next = this.dead = 0;
    this.reason = undefined;
    const held = [...this.held.values()];
    this.held.clear();
    for (const release of held) release();
  }
}
