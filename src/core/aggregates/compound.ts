import type { Aggregator } from './aggregator';

/** Whether results are lists or objects, which a column of text holds as JSON. Those that are, are so without any record. */
export function isCompound(aggregator: Aggregator): boolean {
  const empty = aggregator.result(aggregator.init());
  return typeof empty === 'object' && empty !== null;
}
