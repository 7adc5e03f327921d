import type { AggregateDefinition } from './aggregate-definition';
import { argMax, argMin } from './arg-extreme';
import { avg } from './avg';
import { collect } from './collect';
import { countPresent, countRecords } from './count';
import { delta } from './delta';
import { distinct } from './distinct';
import { ewma } from './ewma';
import { max, min } from './extreme';
import { first, last } from './first-last';
import { histogram } from './histogram';
import { nowcast } from './nowcast';
import { ohlc } from './ohlc';
import { quantile } from './quantile';
import { rate } from './rate';
import { sum } from './sum';
import { topK, topKBy } from './top-k';
import { topKEach } from './top-k-each';
import { trend } from './trend';
import { stddev, variance } from './variance';
import { vwap } from './vwap';

/** The aggregates of `semantics.md` section 4, in its order, and those of the shipped systems. */
export const builtInAggregates: readonly AggregateDefinition[] = [
  ...[countRecords, countPresent, sum, avg, min, max],
  ...[first, last, argMin, argMax],
  ...[variance, stddev, quantile, distinct],
  ...[topK, topKBy, topKEach, ohlc, vwap, ewma],
  ...[rate, delta, collect, histogram],
  ...[trend, nowcast],
];
