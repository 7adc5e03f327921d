import { displayed, kindOf } from '../decoding/displayed';
import { messageOf, PoisonRecordError } from '../errors';
import type { SourceRecord } from '../ports/record-source.port';
import type { AggregateCall, RecordArgument } from './aggregate-call';
import type { CompiledAggregate, Fields } from './compiled-pipeline';
import { fieldReader } from './field-reader';
import { toJson } from './json-result';
import { numbersArgument } from './numbers-argument';
import { keptArgument } from './kept-argument';
import type { Language } from './language';
import { poison } from './poison';
import { compileRecordExpression } from './record-expression';

type Argument = CompiledAggregate['argument'];

/** Counting records needs no argument; any value that is present will do. */
const PRESENT = true;

/**
 * The argument of an aggregate for one record; of several record arguments a tuple, which the next call changes. A field
 * by itself is read, not evaluated.
 */
export function compileArgument({ args }: AggregateCall, text: string, language: Language): Argument {
  const [only, ...others] = args;
  if (!only) return () => PRESENT;
  if (others.length === 0) return compileOne(only, text, language);
  const readers = args.map((argument) => compileOne(argument, `${text}: ${argument.text}`, language));
  const tuple: unknown[] = readers.map(() => undefined);
  return (fields) => {
    for (let i = 0; i < readers.length; i++) {
      const value = readers[i]!(fields);
      if (value === undefined) return undefined;
      tuple[i] = value;
    }
    return tuple;
  };
}

function compileOne(argument: RecordArgument, label: string, language: Language): Argument {
  const value = argument.field === undefined ? evaluated(argument.text, label, language) : fieldReader(argument.field);
  const checked = checkedAs(argument.kind, value, label);
  return (fields) => {
    try {
      return checked(fields);
    } catch (thrown) {
      throw poison(thrown, 'bad-value', label);
    }
  };
}

function checkedAs(kind: RecordArgument['kind'], value: Argument, label: string): Argument {
  if (kind === 'number') return numberOrNothing(value, label);
  if (kind === 'numbers') return (fields) => numbersArgument(value(fields), label);
  if (kind === 'any') return (fields) => keptArgument(value(fields), label);
  return (fields) => value(fields) ?? undefined;
}

/** Arguments see fields and derived fields only. */
const NO_RECORD: SourceRecord = { offset: -1n, timestampMs: -1, key: null, value: null };

function evaluated(argument: string, label: string, language: Language): (fields: Fields) => unknown {
  const expression = compileRecordExpression({ label, text: argument, scope: 'fields' }, language);
  return (fields) => {
    const result = expression(fields, NO_RECORD);
    if (typeof result === 'number' || result === null) return result;
    try {
      return toJson(result);
    } catch (error) {
      throw new PoisonRecordError('bad-value', `${label}: ${messageOf(error)}`);
    }
  };
}

function numberOrNothing(value: (fields: Fields) => unknown, label: string): Argument {
  return (fields) => {
    const found = value(fields);
    if (typeof found === 'number' && Number.isFinite(found)) return found;
    if (found === undefined || found === null) return undefined;
    const what = typeof found === 'number' ? 'not finite' : kindOf(found);
    throw new PoisonRecordError('bad-value', `${label}: ${displayed(found)} is ${what}, a number is needed`);
  };
}
