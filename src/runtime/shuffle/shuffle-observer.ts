import type { RuntimeObserver } from '../runtime-observer';

/**
 * What a shuffle tells of records counts for its pipeline: those that it leaves out. Those that it forwards are counted
 * by the tasks that they reach. Everything else is told under the shuffle's own name.
 */
export function shuffleObserver(observer: RuntimeObserver, pipeline: string): RuntimeObserver {
  return {
    records: (_name, result, count) => {
      if (result !== 'accepted') observer.records(pipeline, result, count);
    },
    deadLetters: (_name, reason, count) => observer.deadLetters(pipeline, reason, count),
    duplicates: (name, count) => observer.duplicates(name, count),
    lateness: (name, seconds) => observer.lateness(name, seconds),
    rowsEmitted: (name, sink, count) => observer.rowsEmitted(name, sink, count),
    windowsClosed: (name, reason, rows) => observer.windowsClosed(name, reason, rows),
    sinkDuration: (name, sink, seconds) => observer.sinkDuration(name, sink, seconds),
    sinkRetry: (name, sink) => observer.sinkRetry(name, sink),
    checkpoint: (name, seconds) => observer.checkpoint(name, seconds),
    endToEnd: (name, seconds) => observer.endToEnd(name, seconds),
    fenced: (name) => observer.fenced(name),
    rebalance: (name) => observer.rebalance(name),
    budgetSpent: () => observer.budgetSpent(pipeline),
  };
}
