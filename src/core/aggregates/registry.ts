import type { Aggregator } from './aggregator';
import { avgAggregator } from './avg';
import { countAggregator } from './count';
import { maxAggregator, minAggregator } from './extreme';
import { sumAggregator } from './sum';

const unary: Readonly<Record<string, Aggregator>> = {
  count: countAggregator('any') as Aggregator,
  sum: sumAggregator as Aggregator,
  avg: avgAggregator as Aggregator,
  min: minAggregator as Aggregator,
  max: maxAggregator as Aggregator,
};

const nullary: Readonly<Record<string, Aggregator>> = { count: countAggregator('none') as Aggregator };

/** The aggregate of this name that takes so many arguments, if there is one. */
export function aggregatorOf(name: string, arity: number): Aggregator | undefined {
  const known = arity === 0 ? nullary : arity === 1 ? unary : {};
  return Object.hasOwn(known, name) ? known[name] : undefined;
}

export function aggregatorNames(): readonly string[] {
  return Object.keys(unary);
}
