import { signatureOf } from '../aggregates/aggregate-definition';
import { type AggregateCall, parseAggregateCall, type RecordArgument } from './aggregate-call';
import { ONE_PANE } from './definition';
import { withDerivedTypes } from './derived-types';
import { checkExpression } from './expression-fault';
import { type Finding, type Path, textEntries, valueAt } from './finding';
import type { Language } from './language';
import { checkLookups } from './lookup-findings';
import { checkRecordExpression, faultAt, notThereYet } from './record-findings';

/** Checks the expressions over records of a document, whatever else is wrong with it. */
export function checkRecordExpressions(document: unknown, language: Language): Finding[] {
  const derived = textEntries(valueAt(document, ['spec', 'derive']));
  const where = valueAt(document, ['spec', 'where']);
  const ofAggregates = withDerivedTypes(derived, language);
  return [
    ...checkLookups(document, language),
    ...(typeof where === 'string' ? checkWhere(where, derived, language) : []),
    ...derived.flatMap(([name, text]) => checkRecordExpression(['spec', 'derive', name], text, language)),
    ...textEntries(valueAt(document, ['spec', 'aggregate'])).flatMap(([name, text]) =>
      checkAggregate(name, text, { language: ofAggregates, windowKind: valueAt(document, ['spec', 'window', 'kind']) }),
    ),
  ];
}

function checkWhere(text: string, derived: readonly [string, string][], language: Language): Finding[] {
  const path = ['spec', 'where'];
  const checked = checkExpression(text, language);
  if ('fault' in checked) return [faultAt(path, checked.fault)];
  const found = checkRecordExpression(path, text, language);
  if (checked.type !== 'bool' && checked.type !== 'dyn') {
    found.push({ path, message: `a condition is needed; this gives ${checked.type}` });
  }
  found.push(...notThereYet({ path, text, step: 'where', later: 'derive' }, derived, language));
  return found;
}

const NUMBERS = ['dyn', 'int', 'uint', 'double', 'null'];

interface AggregatePlace {
  readonly language: Language;
  readonly windowKind: unknown;
}

function checkAggregate(name: string, text: string, { language, windowKind }: AggregatePlace): Finding[] {
  const path = ['spec', 'aggregate', name];
  const call = parseAggregateCall(text, language);
  if (!('aggregator' in call)) return [faultAt(path, call)];
  if (call.definition.mergeable === false && typeof windowKind === 'string' && !ONE_PANE.includes(windowKind)) {
    const message = `${call.definition.name} learns from records one after the other: it needs a window of kind ${ONE_PANE.join(', ')}`;
    return [{ path, message }];
  }
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
