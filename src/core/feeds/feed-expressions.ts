import { type Path, textEntries, valueAt } from '../pipeline/finding';

/** One CEL expression of a feed's document. */
export interface FeedExpression {
  readonly path: Path;
  readonly text: string;
  /** Names that it can use; `undefined` when it sees fields of an item that nobody has named. */
  readonly sees: readonly string[] | undefined;
  /** Whether it must say yes or no. */
  readonly isCondition: boolean;
}

const OF_ANSWER = ['body', 'headers', 'page', 'cursor', 'now'] as const;
const OF_ITEM = [...OF_ANSWER, 'item', 'n'] as const;

/** What each expression outside `fields` and the record sees, by its path. */
const SEES: readonly (readonly [path: string, sees: readonly string[], isCondition?: boolean])[] = [
  ['spec.records', OF_ANSWER],
  ['spec.where', OF_ITEM, true],
  ['spec.source.pages.more', [...OF_ANSWER, 'items'], true],
  ['spec.source.pages.next', [...OF_ANSWER, 'items']],
  ['spec.source.cursor.start', ['now']],
  ['spec.source.cursor.next', [...OF_ANSWER, 'items']],
  ['spec.source.cursor.due', ['cursor', 'now'], true],
];

/** Those over the record that an item became. */
const OVER_RECORD = ['spec.timestamp', 'spec.dedupe.by', 'spec.partitioner.by', 'spec.partitioner.partition'];

/** Every expression of a document, whatever else is wrong with it. */
export function feedExpressions(document: unknown): FeedExpression[] {
  const fields = textEntries(valueAt(document, ['spec', 'fields']));
  const ofRecord = fields.length > 0 ? [...OF_ITEM, ...fields.map(([name]) => name)] : undefined;
  const at = (path: Path, sees: readonly string[] | undefined, isCondition = false): FeedExpression[] => {
    const text = valueAt(document, path);
    return typeof text === 'string' ? [{ path, text, sees, isCondition }] : [];
  };
  const each = (path: Path, sees: readonly string[] | undefined, isCondition = false): FeedExpression[] =>
    textEntries(valueAt(document, path)).flatMap(([name]) => at([...path, name], sees, isCondition));
  return [
    ...SEES.flatMap(([path, sees, isCondition]) => at(path.split('.'), sees, isCondition)),
    ...each(['spec', 'source', 'query'], ['cursor', 'page', 'now']),
    ...each(['spec', 'fields'], OF_ITEM),
    ...each(['spec', 'valid'], ofRecord, true),
    ...OVER_RECORD.flatMap((path) => at(path.split('.'), ofRecord)),
  ];
}
