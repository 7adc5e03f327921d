import type { RuntimeObserver } from './runtime-observer';

const ignore = (): void => undefined;

/** Measures nothing. */
export const silentObserver: RuntimeObserver = {
  ...{
    records: ignore,
    duplicates: ignore,
    lateness: ignore,
    deadLetters: ignore,
    rowsEmitted: ignore,
    windowsClosed: ignore,
  },
  ...{
    sinkDuration: ignore,
    sinkRetry: ignore,
    checkpoint: ignore,
    endToEnd: ignore,
    fenced: ignore,
    rebalance: ignore,
    budgetSpent: ignore,
  },
};
