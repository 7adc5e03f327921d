import type { AggregateSpec, ListOf, Plain, RankedBy, RankedItems, ValueOf } from './aggregate-spec';
import { type Cel, celText } from './cel';
import type { Duration } from './duration';

type NumberOrNull = Plain<number | null>;

/** The name of a field, or CEL over fields. */
export type Argument = string | Cel;

/** The field that an argument names; none if it is CEL. */
export type FieldIn<Given extends Argument> = Extract<Given, string>;

/** `literal` is for constants, which stand in the call as they are. */
interface Constant {
  readonly literal: string | number | readonly number[];
}

/** For this folder: a call with its arguments in order. */
export function callOf(name: string, args: readonly (string | Cel | Constant)[]): AggregateSpec<never, never, never> {
  const texts = args.map((arg) =>
    typeof arg === 'object' && 'literal' in arg ? JSON.stringify(arg.literal) : celText(arg),
  );
  return { call: `${name}(${texts.join(', ')})`, fields: args.filter((arg) => typeof arg === 'string') };
}

/** An aggregate of one number. */
type OfNumber = <X extends Argument>(x: X) => AggregateSpec<FieldIn<X>, never, NumberOrNull>;

const ofNumber =
  (name: string): OfNumber =>
  (x) =>
    callOf(name, [x]);

/** Compensated: the order of records does not show in the 12th digit. */
export const sum: OfNumber = ofNumber('sum');
/** Compensated, and never outside of the values. */
export const avg: OfNumber = ofNumber('avg');
export const min: OfNumber = ofNumber('min');
export const max: OfNumber = ofNumber('max');
/** Sample variance; null under two values. */
export const variance: OfNumber = ofNumber('variance');
export const stddev: OfNumber = ofNumber('stddev');
/** Of a counter, for each second; a fall is a reset. */
export const rate: OfNumber = ofNumber('rate');
/** Last less first, by event time. */
export const delta: OfNumber = ofNumber('delta');

/** An aggregate that gives one of the values of a field. */
type OfValue = <X extends Argument>(x: X) => AggregateSpec<never, FieldIn<X>, ValueOf<FieldIn<X>>>;

const ofValue =
  (name: string): OfValue =>
  (x) =>
    callOf(name, [x]);

/** By event time, ties by offset. */
export const first: OfValue = ofValue('first');
/** By event time, ties by offset. */
export const last: OfValue = ofValue('last');

/** An aggregate that gives the value of one field where another is extreme. */
type OfExtreme = <X extends Argument, Y extends Argument>(
  x: X,
  y: Y,
) => AggregateSpec<FieldIn<Y>, FieldIn<X>, ValueOf<FieldIn<X>>>;

const ofExtreme =
  (name: string): OfExtreme =>
  (x, y) =>
    callOf(name, [x, y]);

/** The `x` of the least `y`. */
export const arg_min: OfExtreme = ofExtreme('arg_min');
/** The `x` of the greatest `y`. */
export const arg_max: OfExtreme = ofExtreme('arg_max');

/** DDSketch: relative error at most 1 %. `q` from 0 to 1. */
export function quantile<X extends Argument>(x: X, q: number): AggregateSpec<FieldIn<X>, never, NumberOrNull> {
  return callOf('quantile', [x, { literal: q }]);
}

/** How many different values: HyperLogLog, standard error at most 1 %; exact up to 256. */
export function distinct<X extends Argument>(x: X): AggregateSpec<never, FieldIn<X>, Plain<number>> {
  return callOf('distinct', [x]);
}

/** The `k` most frequent values; exact while there are at most `10 k` different ones. */
export function top_k<X extends Argument>(
  x: X,
  k: number,
): AggregateSpec<never, FieldIn<X>, RankedBy<FieldIn<X>, 'count'>>;
/** The `k` values with the greatest sums of `by`. */
export function top_k<X extends Argument, Y extends Argument>(
  x: X,
  k: number,
  by: Y,
): AggregateSpec<FieldIn<Y>, FieldIn<X>, RankedBy<FieldIn<X>, 'sum'>>;
export function top_k(x: string | Cel, k: number, by?: string | Cel): AggregateSpec<never, never, never> {
  return callOf('top_k', [x, { literal: k }, ...(by === undefined ? [] : [by])]);
}

/** The `k` most frequent items of all records' lists; exact while there are at most `10 k` different ones. */
export function top_k_each<X extends Argument>(
  list: X,
  k: number,
): AggregateSpec<never, FieldIn<X>, RankedItems<FieldIn<X>>> {
  return callOf('top_k_each', [list, { literal: k }]);
}

/** Open and close by event time; nulls without any `x`. */
export function ohlc<X extends Argument>(
  x: X,
): AggregateSpec<FieldIn<X>, never, Plain<Readonly<Record<'open' | 'high' | 'low' | 'close', number | null>>>> {
  return callOf('ohlc', [x]);
}

/** Mean price weighted by volume; null when the volumes sum to 0. */
export function vwap<Price extends Argument, Volume extends Argument>(
  price: Price,
  volume: Volume,
): AggregateSpec<FieldIn<Price> | FieldIn<Volume>, never, NumberOrNull> {
  return callOf('vwap', [price, volume]);
}

/** Mean that halves the weight of a record every `halfLife`. */
export function ewma<X extends Argument>(x: X, halfLife: Duration): AggregateSpec<FieldIn<X>, never, NumberOrNull> {
  return callOf('ewma', [x, { literal: halfLife }]);
}

/** How a number moved over the latest `span`, seen at the last value of each `step`. */
export function trend<X extends Argument>(
  x: X,
  span: Duration,
  step: Duration,
): AggregateSpec<
  FieldIn<X>,
  never,
  Plain<
    Readonly<Record<'from' | 'to' | 'change' | 'change_percent' | 'volatility', number | null>> & {
      readonly steps: number;
    }
  >
> {
  return callOf('trend', [x, { literal: span }, { literal: step }]);
}

/** EPA's NowCast of PM2.5 in µg/m³, with its index. */
export function nowcast<X extends Argument>(
  x: X,
): AggregateSpec<
  FieldIn<X>,
  never,
  Plain<
    Readonly<Record<'pm25' | 'nowcast' | 'aqi', number | null>> & {
      readonly band: string | null;
      readonly hours: number;
    }
  >
> {
  return callOf('nowcast', [x]);
}

/** The first `n` values by event time. */
export function collect<X extends Argument>(x: X, n: number): AggregateSpec<never, FieldIn<X>, ListOf<FieldIn<X>>> {
  return callOf('collect', [x, { literal: n }]);
}

/** How many values lie up to each bound and above the one before; `le` of the last is null. */
export function histogram<X extends Argument>(
  x: X,
  bounds: readonly number[],
): AggregateSpec<FieldIn<X>, never, Plain<readonly { readonly le: number | null; readonly count: number }[]>> {
  return callOf('histogram', [x, { literal: bounds }]);
}
