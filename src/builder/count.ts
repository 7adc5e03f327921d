import type { AggregateSpec, Plain } from './aggregate-spec';
import { type Argument, callOf, type FieldIn } from './aggregates';
import { windowSpec, type WindowSpec } from './windows';

/** Windows of `size` records of a key, in order of arrival. */
export function count(size: number): WindowSpec<'count', never>;
/** How many records. */
export function count(): AggregateSpec<never, never, Plain<number>>;
/** How many records that have `x`. */
export function count<X extends Argument>(x: X): AggregateSpec<never, FieldIn<X>, Plain<number>>;
export function count(
  given?: number | Argument,
): WindowSpec<'count', never> | AggregateSpec<never, string, Plain<number>> {
  if (typeof given === 'number') return windowSpec('count', { size: given });
  return callOf('count', given === undefined ? [] : [given]);
}
