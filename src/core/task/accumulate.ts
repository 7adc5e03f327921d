import type { CompiledAggregate } from '../pipeline/compiled-pipeline';
import type { Contribution } from './task-windows';

/** Adds one record to each accumulator; aggregates ignore a record that lacks their argument. */
export function addRecord(
  aggregates: readonly CompiledAggregate[],
  accumulators: readonly unknown[],
  { args, at }: Contribution,
): void {
  for (let i = 0; i < aggregates.length; i++) {
    const value = args[i];
    if (value !== undefined) aggregates[i]!.aggregator.add(accumulators[i], value as never, at);
  }
}

/** One empty accumulator for each aggregate. */
export function emptyAccumulators(aggregates: readonly CompiledAggregate[]): unknown[] {
  return aggregates.map(({ aggregator }) => aggregator.init());
}

/** Adds what `from` holds to `into`; `from` does not change. */
export function mergeAccumulators(
  aggregates: readonly CompiledAggregate[],
  into: readonly unknown[],
  from: readonly unknown[],
): void {
  for (let i = 0; i < aggregates.length; i++) {
    const { aggregator } = aggregates[i]!;
    aggregator.merge(into[i], from[i]);
  }
}
