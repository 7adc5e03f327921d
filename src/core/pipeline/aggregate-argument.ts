import { argumentKindOf } from '../aggregates/registry';
import { displayed, kindOf } from '../decoding/displayed';
import { messageOf, PoisonRecordError } from '../errors';
import type { SourceRecord } from '../ports/record-source.port';
import type { AggregateCall } from './aggregate-call';
import type { CompiledAggregate, Fields } from './compiled-pipeline';
import { fieldReader } from './field-reader';
import { toJson } from './json-result';
import { poison } from './poison';
import { compileRecordExpression } from './record-expression';

type Argument = CompiledAggregate['argument'];

/** Counting records needs no argument; any value that is present will do. */
const PRESENT = true;

/** The argument of an aggregate for one record. A field by itself is read, not evaluated. */
export function compileArgument(call: AggregateCall, text: string): Argument {
  if (call.argument === undefined) return () => PRESENT;
  const value = call.field === undefined ? evaluated(call.argument, text) : fieldReader(call.field);
  const argument: Argument =
    argumentKindOf(call.aggregator.name) === 'number'
      ? numberOrNothing(value, text)
      : (fields) => value(fields) ?? undefined;
  return (fields) => {
    try {
      return argument(fields);
    } catch (thrown) {
      throw poison(thrown, 'bad-value', text);
    }
  };
}

/** Arguments see fields and derived fields only. */
const NO_RECORD: SourceRecord = { offset: -1n, timestampMs: -1, key: null, value: null };

function evaluated(argument: string, label: string): (fields: Fields) => unknown {
  const expression = compileRecordExpression(label, argument, 'fields');
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
