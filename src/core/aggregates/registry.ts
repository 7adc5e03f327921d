import type { Aggregator } from './aggregator';
import { avgAggregator } from './avg';
import { countAggregator } from './count';
import { maxAggregator, minAggregator } from './extreme';
import { sumAggregator } from './sum';

const unary: Readonly<Record<string, Aggregator>> = {
  count: countAggregator,
  sum: sumAggregator,
  avg: avgAggregator,
  min: minAggregator,
  max: maxAggregator,
};

const nullary: Readonly<Record<string, Aggregator>> = { count: countAggregator };

/** The aggregate of this name that takes so many arguments, if there is one. */
export function aggregatorOf(name: string, arity: number): Aggregator | undefined {
  const known = arity === 0 ? nullary : arity === 1 ? unary : {};
  return Object.hasOwn(known, name) ? known[name] : undefined;
}

/** What the argument must be. */
export function argumentKindOf(name: string): 'number' | 'any' {
  return name === 'count' ? 'any' : 'number';
}

export function aggregatorNames(): readonly string[] {
  return Object.keys(unary);
}
