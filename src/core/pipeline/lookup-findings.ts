import { mentionsIn } from './cel-names';
import { checkExpression } from './expression-fault';
import { type Finding, type Path, textEntries, valueAt } from './finding';
import type { Language } from './language';
import { checkRecordExpression, faultAt, notThereYet } from './record-findings';

/** Checks what lookups say of the rest of the document, whatever else is wrong with it. */
export function checkLookups(document: unknown, language: Language): Finding[] {
  const lookups = lookupsOf(document);
  const timeField = valueAt(document, ['spec', 'source', 'time', 'field']);
  const derived = textEntries(valueAt(document, ['spec', 'derive']));
  return lookups.flatMap(({ path, as, on }, i) => [
    ...(as === undefined ? [] : checkName(as, [...path, 'as'], { timeField, before: lookups.slice(0, i) })),
    ...(on === undefined ? [] : checkOn(on, [...path, 'on'], { derived, language })),
    ...(on === undefined ? [] : checkLater(on, [...path, 'on'], { later: lookups.slice(i), language })),
  ]);
}

interface Lookup {
  readonly path: Path;
  readonly as: string | undefined;
  readonly on: string | undefined;
}

function lookupsOf(document: unknown): Lookup[] {
  const given = valueAt(document, ['spec', 'lookup']);
  if (given === undefined) return [];
  const list = Array.isArray(given) ? given : [given];
  return list.map((lookup: unknown, i) => ({
    path: Array.isArray(given) ? ['spec', 'lookup', i] : ['spec', 'lookup'],
    as: textOf(valueAt(lookup, ['as'])),
    on: textOf(valueAt(lookup, ['on'])),
  }));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function checkName(
  as: string,
  path: Path,
  { timeField, before }: { timeField: unknown; before: readonly Lookup[] },
): Finding[] {
  if (as === timeField) return [{ path, message: `"${as}" is the time field of the source; choose another name` }];
  if (before.some((earlier) => earlier.as === as))
    return [{ path, message: `"${as}" is the field of an earlier lookup` }];
  return [];
}

/** What can be the key of an entry. */
const KEYS = ['dyn', 'string', 'int', 'uint', 'double', 'bool', 'null'];

interface Around {
  readonly derived: readonly [string, string][];
  readonly language: Language;
}

function checkOn(text: string, path: Path, { derived, language }: Around): Finding[] {
  const checked = checkExpression(text, language);
  if ('fault' in checked) return [faultAt(path, checked.fault)];
  const found = checkRecordExpression(path, text, language);
  if (!KEYS.includes(checked.type)) {
    found.push({ path, message: `text, a number or a boolean is needed; this gives ${checked.type}` });
  }
  found.push(...notThereYet({ path, text, step: 'lookup', later: 'derive' }, derived, language));
  return found;
}

/** Lookups run in their order. */
function checkLater(
  text: string,
  path: Path,
  { later, language }: { later: readonly Lookup[]; language: Language },
): Finding[] {
  const checked = checkExpression(text, language);
  if ('fault' in checked) return [];
  return mentionsIn(checked.expression.ast)
    .filter(({ name }) => later.some(({ as }) => as === name))
    .map(({ name, start }) => ({ path, message: `the lookup of "${name}" does not run before this`, offset: start }));
}
