import { signatureOf } from '../aggregates/aggregate-definition';
import { type AggregateCall, parseAggregateCall, type RecordArgument } from './aggregate-call';
import { mentionsIn } from './cel-names';
import { checkExpression } from './expression-fault';
import { type Finding, type Path, textEntries, valueAt } from './finding';
import type { Language } from './language';
import { NOT_SUPPORTED } from './schema-kit';

/** Checks the expressions over records of a document, whatever else is wrong with it. */
export function checkRecordExpressions(document: unknown, language: Language): Finding[] {
  const derived = textEntries(valueAt(document, ['spec', 'derive']));
  const where = valueAt(document, ['spec', 'where']);
  return [
    ...(typeof where === 'string' ? checkWhere(where, derived, language) : []),
    ...derived.flatMap(([name, text]) => checkRecordExpression(['spec', 'derive', name], text, language)),
    ...textEntries(valueAt(document, ['spec', 'aggregate'])).flatMap(([name, text]) =>
      checkAggregate(name, text, language),
    ),
  ];
}

function checkRecordExpression(path: Path, text: string, language: Language): Finding[] {
  const checked = checkExpression(text, language);
  if ('fault' in checked) return [faultAt(path, checked.fault)];
  return mentionsIn(checked.expression.ast)
    .filter((mention) => mention.name === 'headers')
    .map(({ start }) => ({
      path,
      message: `"headers" ${NOT_SUPPORTED}; supported: fields, key, timestamp`,
      offset: start,
    }));
}

function checkWhere(text: string, derived: readonly [string, string][], language: Language): Finding[] {
  const path = ['spec', 'where'];
  const checked = checkExpression(text, language);
  if ('fault' in checked) return [faultAt(path, checked.fault)];
  const found = checkRecordExpression(path, text, language);
  if (checked.type !== 'bool' && checked.type !== 'dyn') {
    found.push({ path, message: `a condition is needed; this gives ${checked.type}` });
  }
  const fresh = derived.filter(([name, expression]) => !isNamedIn(name, expression, language)).map(([name]) => name);
  for (const { name, start } of mentionsIn(checked.expression.ast)) {
    if (!fresh.includes(name)) continue;
    found.push({ path, message: `where runs before derive, so "${name}" is not there yet`, offset: start });
  }
  return found;
}

/** `derive: { pm25: pm25 * 2 }` changes a field that the record has already. */
function isNamedIn(name: string, text: string, language: Language): boolean {
  const checked = checkExpression(text, language);
  return 'expression' in checked && mentionsIn(checked.expression.ast).some((mention) => mention.name === name);
}

const NUMBERS = ['dyn', 'int', 'uint', 'double', 'null'];

function checkAggregate(name: string, text: string, language: Language): Finding[] {
  const path = ['spec', 'aggregate', name];
  const call = parseAggregateCall(text, language);
  if (!('aggregator' in call)) return [faultAt(path, call)];
  return call.args.flatMap((argument) => checkArgument(path, argument, { call, language }));
}

interface Within {
  readonly call: AggregateCall;
  readonly language: Language;
}

function checkArgument(path: Path, argument: RecordArgument, { call, language }: Within): Finding[] {
  const checked = checkExpression(argument.text, language);
  if ('fault' in checked) return [faultAt(path, checked.fault, argument.start)];
  if (argument.kind !== 'number' || NUMBERS.includes(checked.type)) return [];
  const message = `${signatureOf(call.definition)}: ${argument.name} must be a number; this is ${checked.type}`;
  return [{ path, message, offset: argument.start }];
}

export function faultAt(path: Path, fault: { message: string; start?: number }, base = 0): Finding {
  return { path, message: fault.message, ...(fault.start !== undefined && { offset: base + fault.start }) };
}
