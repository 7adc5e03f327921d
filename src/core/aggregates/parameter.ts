import type { JsonValue } from '../json';
import { parseDuration } from '../pipeline/duration';

type RecordKind = 'number' | 'any' | 'presence' | 'numbers';

/** A list of inputs that is longer was not written by a person. */
export const MOST_NUMBERS = 32;

/**
 * An argument that each record gives. `number` is a finite number; `any` a JSON value that is small enough to be kept;
 * `presence` only has to be there; `numbers` is an object of at most {@link MOST_NUMBERS} numbers, each of which may be null.
 */
export interface RecordParameter<Kind extends RecordKind = RecordKind> {
  readonly name: string;
  readonly of: 'record';
  readonly kind: Kind;
}

/** An argument that the definition gives as a literal. */
export interface ConstantParameter<Value = unknown> {
  readonly name: string;
  readonly of: 'definition';
  /** Follows `must be` in messages. */
  readonly expected: string;
  /** The value of a literal; `undefined` if it is not {@link expected}. */
  read(literal: JsonValue): Value | undefined;
}

export type Parameter = RecordParameter | ConstantParameter;

export function numberArgument(name: string): RecordParameter<'number'> {
  return { name, of: 'record', kind: 'number' };
}

export function anyArgument(name: string): RecordParameter<'any'> {
  return { name, of: 'record', kind: 'any' };
}

export function presenceArgument(name: string): RecordParameter<'presence'> {
  return { name, of: 'record', kind: 'presence' };
}

export function numbersArgument(name: string): RecordParameter<'numbers'> {
  return { name, of: 'record', kind: 'numbers' };
}

export function wholeNumber(name: string, least: number, most: number): ConstantParameter<number> {
  return {
    name,
    of: 'definition',
    expected: `a whole number from ${least} to ${most}`,
    read: (literal) =>
      typeof literal === 'number' && Number.isInteger(literal) && literal >= least && literal <= most
        ? literal
        : undefined,
  };
}

export function numberBetween(name: string, least: number, most: number): ConstantParameter<number> {
  return {
    name,
    of: 'definition',
    expected: `a number from ${least} to ${most}`,
    read: (literal) => (typeof literal === 'number' && literal >= least && literal <= most ? literal : undefined),
  };
}

/** A duration as text; its value is milliseconds. */
export function durationConstant(name: string): ConstantParameter<number> {
  return {
    name,
    of: 'definition',
    expected: "a duration longer than 0, such as '10m' or 'PT1H'",
    read: (literal) => {
      const ms = typeof literal === 'string' ? parseDuration(literal) : undefined;
      return ms !== undefined && ms > 0 ? ms : undefined;
    },
  };
}

export function ascendingNumbers(name: string, most: number): ConstantParameter<readonly number[]> {
  return {
    name,
    of: 'definition',
    expected: `a list of 1 to ${most} ascending numbers, such as [0, 12, 35.5]`,
    read: (literal) => (isAscending(literal) && literal.length >= 1 && literal.length <= most ? literal : undefined),
  };
}

function isAscending(literal: JsonValue): literal is readonly number[] {
  if (!Array.isArray(literal)) return false;
  const list = literal as readonly JsonValue[];
  return list.every((bound, i) => typeof bound === 'number' && (i === 0 || bound > (list[i - 1] as number)));
}
