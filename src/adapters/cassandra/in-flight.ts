/** At most so many tasks under way at once, whoever starts them; those that wait go on in order of arrival. */
export class InFlight {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.free = limit;
  }

  /**
   * Runs `task` for each item. Rejects with the first failure once the tasks under way have settled. After a failure, or
   * once the signal aborts, no further task starts.
   */
  async forEach<T>(items: readonly T[], task: (item: T) => Promise<void>, signal: AbortSignal): Promise<void> {
    const failures: unknown[] = [];
    const running = new Set<Promise<void>>();
    for (const item of items) {
      await this.acquire();
      if (failures.length > 0 || signal.aborted) {
        this.release();
        break;
      }
      const run = task(item)
        .catch((thrown: unknown) => void failures.push(thrown))
        .finally(() => {
          running.delete(run);
          this.release();
        });
      running.add(run);
    }
    await Promise.all(running);
    if (failures.length > 0) throw failures[0];
    signal.throwIfAborted();
  }

  private async acquire(): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** A waiter takes over the place, so that nobody comes between. */
  private release(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}

/** What `work` gives, or at once the signal's reason when it aborts; the work itself must watch the signal too. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stopWatching: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    stopWatching = () => signal.removeEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stopWatching();
  }
}
