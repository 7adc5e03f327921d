/** Exponential back-off with full jitter and a cap; ms. */
const FIRST_MS = 100;
const CAP_MS = 5_000;

/** How long to wait before the next attempt; `chance` in [0, 1). */
export function backOffMs(failures: number, chance: number): number {
  return Math.max(FIRST_MS / 2, Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(failures, 16)) * chance);
}

/** Resolves after `ms`, or at once when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
