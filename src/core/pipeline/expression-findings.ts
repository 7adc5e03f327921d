import { argumentKindOf } from '../aggregates/registry';
import { parseAggregateCall } from './aggregate-call';
import { mentionsIn } from './cel-names';
import { checkExpression } from './expression-fault';
import { type Finding, type Path, textEntries, valueAt } from './finding';
import { NOT_SUPPORTED } from './schema-kit';

/** Checks the expressions over records of a document, whatever else is wrong with it. */
export function checkRecordExpressions(document: unknown): Finding[] {
  const derived = textEntries(valueAt(document, ['spec', 'derive']));
  const where = valueAt(document, ['spec', 'where']);
  return [
    ...(typeof where === 'string' ? checkWhere(where, derived) : []),
    ...derived.flatMap(([name, text]) => checkRecordExpression(['spec', 'derive', name], text)),
    ...textEntries(valueAt(document, ['spec', 'aggregate'])).flatMap(([name, text]) => checkAggregate(name, text)),
  ];
}

function checkRecordExpression(path: Path, text: string): Finding[] {
  const checked = checkExpression(text);
  if ('fault' in checked) return [faultAt(path, checked.fault)];
  return mentionsIn(checked.expression.ast)
    .filter((mention) => mention.name === 'headers')
    .map(({ start }) => ({
      path,
      message: `"headers" ${NOT_SUPPORTED}; supported: fields, key, timestamp`,
      offset: start,
    }));
}

function checkWhere(text: string, derived: readonly [string, string][]): Finding[] {
  const path = ['spec', 'where'];
  const checked = checkExpression(text);
  if ('fault' in checked) return [faultAt(path, checked.fault)];
  const found = checkRecordExpression(path, text);
  if (checked.type !== 'bool' && checked.type !== 'dyn') {
    found.push({ path, message: `a condition is needed; this gives ${checked.type}` });
  }
  const fresh = derived.filter(([name, expression]) => !isNamedIn(name, expression)).map(([name]) => name);
  for (const { name, start } of mentionsIn(checked.expression.ast)) {
    if (!fresh.includes(name)) continue;
    found.push({ path, message: `where runs before derive, so "${name}" is not there yet`, offset: start });
  }
  return found;
}

/** `derive: { pm25: pm25 * 2 }` changes a field that the record has already. */
function isNamedIn(name: string, text: string): boolean {
  const checked = checkExpression(text);
  return 'expression' in checked && mentionsIn(checked.expression.ast).some((mention) => mention.name === name);
}

const NUMBERS = ['dyn', 'int', 'uint', 'double', 'null'];

function checkAggregate(name: string, text: string): Finding[] {
  const path = ['spec', 'aggregate', name];
  const call = parseAggregateCall(text);
  if (!('aggregator' in call)) return [faultAt(path, call)];
  if (call.argument === undefined) return [];
  const checked = checkExpression(call.argument);
  if ('fault' in checked) return [faultAt(path, checked.fault, call.argumentStart)];
  if (argumentKindOf(call.aggregator.name) !== 'number' || NUMBERS.includes(checked.type)) return [];
  return [
    { path, message: `${call.aggregator.name}() takes a number; this is ${checked.type}`, offset: call.argumentStart },
  ];
}

export function faultAt(path: Path, fault: { message: string; start?: number }, base = 0): Finding {
  return { path, message: fault.message, ...(fault.start !== undefined && { offset: base + fault.start }) };
}
