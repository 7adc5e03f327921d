import { type Mention, mentionsIn } from './cel-names';
import { checkExpression } from './expression-fault';
import { type Finding, type Path, textEntries, valueAt } from './finding';
import { PersonalNames } from './personal-names';
import { faultAt } from './record-findings';
import { checkMention, type RowNames } from './row-mentions';

const EXPRESSIONS = ['value', 'title'];
const OPEN = 'and /metrics shows it to whoever may scrape it';

/** Checks one `metrics` sink against the rest of the document. */
export function checkMetrics(document: unknown, i: number, names: RowNames): Finding[] {
  const sinks = valueAt(document, ['spec', 'sinks']) as readonly unknown[];
  const name = nameAt(sinks, i);
  if (name === undefined) return [];
  const path = ['spec', 'sinks', i, 'metrics'];
  if (sinks.slice(0, i).some((_, before) => nameAt(sinks, before) === name))
    return [{ path: [...path, 'name'], message: 'is the name of another metrics sink of the pipeline' }];
  if (names.windowKind === 'none') {
    const message =
      'needs rows that change: give the pipeline a key, a window such as { kind: global }, and aggregates';
    return [{ path, message, at: 'name' }];
  }
  const personal = new PersonalNames(document);
  const field = names.keyFields.find((keyField) => personal.hasField(keyField));
  if (field !== undefined) return [{ path, message: `key.${field} is personal, ${OPEN}`, at: 'name' }];
  return textEntries(valueAt(sinks[i], ['metrics']))
    .filter(([part]) => EXPRESSIONS.includes(part))
    .flatMap(([part, text]) => checkShown(text, [...path, part], { names, personal }));
}

interface Names {
  readonly names: RowNames;
  readonly personal: PersonalNames;
}

function checkShown(text: string, path: Path, { names, personal }: Names): Finding[] {
  const checked = checkExpression(text, names.language);
  if ('fault' in checked) return [faultAt(path, checked.fault)];
  const mentions = mentionsIn(checked.expression.ast);
  const tells = ({ name, start }: Mention): Finding[] =>
    personal.hasAggregate(name)
      ? [{ path, message: `${name} is made of a personal field, ${OPEN}`, offset: start }]
      : [];
  return mentions.flatMap((mention) => [...checkMention(mention, path, names), ...tells(mention)]);
}

function nameAt(sinks: readonly unknown[], i: number): unknown {
  return valueAt(sinks[i], ['metrics', 'name']);
}
