import { mentionsIn } from './cel-names';
import { checkExpression } from './expression-fault';
import { type Finding, valueAt } from './finding';
import { faultAt } from './record-findings';
import { checkMention, type RowNames } from './row-mentions';

/** Checks one `metrics` sink against the rest of the document. */
export function checkMetrics(document: unknown, i: number, names: RowNames): Finding[] {
  const sinks = valueAt(document, ['spec', 'sinks']) as readonly unknown[];
  const name = nameAt(sinks, i);
  if (name === undefined) return [];
  const path = ['spec', 'sinks', i, 'metrics'];
  if (sinks.slice(0, i).some((_, before) => nameAt(sinks, before) === name))
    return [{ path: [...path, 'name'], message: 'is the name of another metrics sink of the pipeline' }];
  if (names.windowKind === 'none') {
    const message = 'needs rows that change: give the pipeline a key, a window such as { kind: global }, and aggregates';
    return [{ path, message, at: 'name' }];
  }
  const personal = personalKey(document, names);
  if (personal !== undefined) {
    const message = `key.${personal} is personal, and /metrics shows keys to whoever may scrape it`;
    return [{ path, message, at: 'name' }];
  }
  const text = valueAt(sinks[i], ['metrics', 'value']);
  if (typeof text !== 'string') return [];
  const checked = checkExpression(text, names.language);
  if ('fault' in checked) return [faultAt([...path, 'value'], checked.fault)];
  return mentionsIn(checked.expression.ast).flatMap((mention) => checkMention(mention, [...path, 'value'], names));
}

function personalKey(document: unknown, { keyFields }: RowNames): string | undefined {
  const personal = valueAt(document, ['spec', 'source', 'personal']);
  return Array.isArray(personal) ? keyFields.find((field) => personal.includes(field)) : undefined;
}

function nameAt(sinks: readonly unknown[], i: number): unknown {
  return valueAt(sinks[i], ['metrics', 'name']);
}
