import type { Aggregator } from './aggregator';
import { avgAggregator } from './avg';
import { countAggregator } from './count';
import { maxAggregator, minAggregator } from './extreme';
import { sumAggregator } from './sum';

const unary: Readonly<Record<string, Aggregator>> = {
  count: countAggregator('any'),
  sum: sumAggregator,
  avg: avgAggregator,
  min: minAggregator,
  max: maxAggregator,
};

const nullary: Readonly<Record<string, Aggregator>> = { count: countAggregator('none') };

/** The aggregate of this name that takes so many arguments, if there is one. */
export function aggregatorOf(name: string, arity: number): Aggregator | undefined {
  const known = arity === 0 ? nullary : arity === 1 ? unary : {};
  return Object.hasOwn(known, name) ? known[name] : undefined;
}

export function aggregatorNames(): readonly string[] {
  return Object.keys(unary);
}
