import { mentionsIn } from '../pipeline/cel-names';
import { checkExpression } from '../pipeline/expression-fault';
import { type Finding, textEntries, valueAt } from '../pipeline/finding';
import type { Language } from '../pipeline/language';
import { suggestion } from '../pipeline/nearest';
import { faultAt } from '../pipeline/record-findings';
import { checkSchema } from '../pipeline/schema-findings';
import { type FeedDefinition, feedSchema } from './feed-definition';
import { type FeedExpression, feedExpressions } from './feed-expressions';
import { feedLanguage } from './feed-language';
import { SeededRandom } from './seeded-random';

export type CheckedFeed = { readonly definition: FeedDefinition } | { readonly findings: readonly Finding[] };

/** Finds everything that is wrong with one feed, as a document that may be anything. Never throws. */
export function checkFeed(document: unknown, language: Language): CheckedFeed {
  const shape = checkSchema(document, feedSchema);
  const isGenerator = valueAt(document, ['spec', 'source', 'kind']) === 'generator';
  const spoken = feedLanguage(language, isGenerator ? new SeededRandom() : undefined);
  const findings = [
    ...('findings' in shape ? shape.findings : []),
    ...feedExpressions(document).flatMap((expression) => checkOne(expression, spoken)),
    ...checkNames(document),
  ];
  return 'definition' in shape && findings.length === 0 ? shape : { findings };
}

function checkOne({ path, text, sees, isCondition }: FeedExpression, language: Language): Finding[] {
  const checked = checkExpression(text, language);
  if ('fault' in checked) return [faultAt(path, checked.fault)];
  const found: Finding[] = mentionsIn(checked.expression.ast)
    .filter(({ name }) => sees !== undefined && !sees.includes(name))
    .map(({ name, start }) => ({
      path,
      message: `unknown name "${name}"${suggestion(name, sees ?? [])}`,
      offset: start,
    }));
  if (isCondition && checked.type !== 'bool' && checked.type !== 'dyn') {
    found.push({ path, message: `a condition is needed; this gives ${checked.type}` });
  }
  return found;
}

/** `key` and `required` name fields of the record, which are known when `fields` makes it. */
function checkNames(document: unknown): Finding[] {
  const fields = textEntries(valueAt(document, ['spec', 'fields'])).map(([name]) => name);
  if (fields.length === 0) return [];
  return ['key', 'required'].flatMap((list) => {
    const names = valueAt(document, ['spec', list]);
    if (!Array.isArray(names)) return [];
    return names.flatMap((name: unknown, i) =>
      typeof name !== 'string' || fields.includes(name)
        ? []
        : [{ path: ['spec', list, i], message: `fields has no "${name}"${suggestion(name, fields)}` }],
    );
  });
}
