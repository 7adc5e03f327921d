import { evaluate } from '@marcbachmann/cel-js';
import type { SpecialKinds } from './values';

interface DurationOfCel {
  readonly seconds: bigint;
  readonly nanos: number;
}
type DurationClass = new (seconds: bigint, nanos: number) => DurationOfCel;
type UnsignedClass = new (value: bigint) => { readonly value: bigint };

/** CEL's library keeps its classes to itself, but gives values of them. */
const Duration = (evaluate('duration("1s")') as object).constructor as DurationClass;
const Unsigned = (evaluate('uint(1)') as object).constructor as UnsignedClass;

/** Durations and unsigned integers as the library of CEL has them. */
export const celKinds: SpecialKinds = {
  durationIn: (value) => (value instanceof Duration ? value : undefined),
  duration: (seconds, nanos) => new Duration(seconds, nanos),
  unsignedIn: (value) => (value instanceof Unsigned ? value.value : undefined),
  unsigned: (value) => new Unsigned(value),
};
