import { type Mention, mentionsIn } from './cel-names';
import { isClockColumn } from './clock-column';
import { checkExpression } from './expression-fault';
import { type Finding, type Path, textEntries, valueAt } from './finding';
import type { Language } from './language';
import { checkMetrics } from './metrics-sink-findings';
import { ROW_VARIABLES, WINDOW_FIELDS } from './names';
import { checkMoving, checkWriteTime } from './place-findings';
import { faultAt } from './record-findings';
import { checkBoard } from './redis-sink-findings';
import { checkMention, type RowNames } from './row-mentions';

/** Checks what sinks say of the rest of the document, whatever else is wrong with it. */
export function checkSinks(document: unknown, language: Language): Finding[] {
  const sinks = valueAt(document, ['spec', 'sinks']);
  if (!Array.isArray(sinks)) return [];
  const aggregates = Object.keys(Object(valueAt(document, ['spec', 'aggregate'])) as object);
  const key = valueAt(document, ['spec', 'key']);
  const keyFields = Array.isArray(key) ? key.filter((name): name is string => typeof name === 'string') : [];
  const sourceTopic = valueAt(document, ['spec', 'source', 'topic']);
  const names = { aggregates, keyFields, language, windowKind: windowKindOf(document) };
  return sinks.flatMap((sink, i) => [
    ...checkColumns(sink, ['spec', 'sinks', i, 'cassandra', 'columns'], names),
    ...checkSecond(sinks, i),
    ...checkSecondExact(sinks, i),
    ...checkSameTable(sinks, i),
    ...checkMoving(document, i),
    ...checkWriteTime(document, i),
    ...checkTopic(sink, ['spec', 'sinks', i, 'kafka', 'topic'], sourceTopic),
    ...checkBoard(sinks, i, names),
    ...checkMetrics(document, i, names),
  ]);
}

function windowKindOf(document: unknown): string | undefined {
  const parts = ['key', 'window', 'aggregate'].map((part) => valueAt(document, ['spec', part]));
  if (parts.every((part) => part === undefined)) return 'none';
  const kind = valueAt(document, ['spec', 'window', 'kind']);
  return typeof kind === 'string' ? kind : undefined;
}

const AT_MOST_ONE = ['live'];

function checkSecond(sinks: readonly unknown[], i: number): Finding[] {
  const has = (sink: unknown, kind: string): boolean => valueAt(sink, [kind]) !== undefined;
  const repeated = AT_MOST_ONE.find((kind) => has(sinks[i], kind) && sinks.slice(0, i).some((sink) => has(sink, kind)));
  return repeated === undefined
    ? []
    : [{ path: ['spec', 'sinks', i], message: `a second ${repeated} sink; at most one` }];
}

function checkSameTable(sinks: readonly unknown[], i: number): Finding[] {
  const tableAt = (index: number): unknown => valueAt(sinks[index], ['cassandra', 'table']);
  const isRepeated = tableAt(i) !== undefined && sinks.slice(0, i).some((_, before) => tableAt(before) === tableAt(i));
  if (!isRepeated) return [];
  return [
    { path: ['spec', 'sinks', i, 'cassandra', 'table'], message: 'is the table of another sink of the pipeline' },
  ];
}

/** What one has shown is noted under the pipeline's name alone. */
function checkSecondExact(sinks: readonly unknown[], i: number): Finding[] {
  const isExactAt = (index: number): boolean => valueAt(sinks[index], ['kafka', 'delivery']) === 'exactly-once';
  const topics = sinks.map((sink) => JSON.stringify(valueAt(sink, ['kafka', 'topic'])));
  const path = ['spec', 'sinks', i, 'kafka', 'delivery'];
  for (let before = 0; before < i; before++) {
    if (isExactAt(i) && isExactAt(before)) return [{ path, message: 'a second exactly-once sink; at most one' }];
    if (topics[i] === undefined || topics[i] !== topics[before] || !(isExactAt(i) || isExactAt(before))) continue;
    const message = 'is the topic of an exactly-once sink: rows would be there twice';
    return [{ path: ['spec', 'sinks', i, 'kafka', 'topic'], message }];
  }
  return [];
}

function checkTopic(sink: unknown, path: Path, sourceTopic: unknown): Finding[] {
  const topic = valueAt(sink, ['kafka', 'topic']);
  if (typeof topic !== 'string' || topic !== sourceTopic) return [];
  return [{ path, message: 'is the source topic: the pipeline would read its own output' }];
}

function checkColumns(sink: unknown, path: Path, names: RowNames): Finding[] {
  const columns = textEntries(valueAt(sink, ['cassandra', 'columns']));
  if (columns.length === 0) return [];
  const mentions: Mention[] = [];
  const found = columns.flatMap(([column, text]) => {
    if (isClockColumn(text)) return checkClock([...path, column], names);
    const checked = checkExpression(text, names.language);
    if ('fault' in checked) return [faultAt([...path, column], checked.fault)];
    const inColumn = mentionsIn(checked.expression.ast);
    const identifies = names.windowKind === 'none' || inColumn.every(({ name }) => name === 'key' || name === 'window');
    if (identifies) mentions.push(...inColumn);
    return inColumn.flatMap((mention) => checkMention(mention, [...path, column], names));
  });
  return found.length > 0 ? found : checkIdentity(mentions, path, names);
}

/** A deletion carries the revision of the row, and what has a later time outlives it. */
function checkClock(path: Path, { windowKind }: RowNames): Finding[] {
  if (windowKind !== 'session' && windowKind !== 'sliding') return [];
  const message = `rows of ${windowKind} windows are deleted when others take their place, and now() would outlive them; leave it out`;
  return [{ path, message }];
}

/** Rows of two keys or two windows must not become one row of the table. */
function checkIdentity(mentions: readonly Mention[], path: Path, names: RowNames): Finding[] {
  const wanted = names.windowKind === 'none' ? fieldWanted(mentions) : partsWanted(mentions, names);
  if (wanted.length === 0) return [];
  return [
    { path, message: `no column holds ${wanted.join(' or ')}; different rows would overwrite each other`, at: 'name' },
  ];
}

function fieldWanted(mentions: readonly Mention[]): readonly string[] {
  const isField = ({ name }: Mention): boolean => !(ROW_VARIABLES as readonly string[]).includes(name);
  return mentions.some(isField) ? [] : ['a field of the record'];
}

/**
 * Which fields of the window tell the windows of a key apart; any of them does. A session that grows keeps its start: the
 * deletion of its old row lies below the new one, so that one primary key may serve both.
 */
const TELLING: Readonly<Record<string, readonly string[]>> = {
  tumbling: WINDOW_FIELDS,
  calendar: WINDOW_FIELDS,
  hopping: ['start', 'end'],
  sliding: ['start', 'end'],
  session: ['start', 'end'],
  cumulative: ['end'],
  count: ['index'],
  global: [],
};

function partsWanted(mentions: readonly Mention[], { keyFields, windowKind }: RowNames): readonly string[] {
  const has = (name: string, field: string): boolean => mentions.some((m) => m.name === name && m.field === field);
  const wanted = keyFields.filter((field) => !has('key', field)).map((field) => `key.${field}`);
  const telling = TELLING[windowKind ?? ''] ?? WINDOW_FIELDS;
  if (telling.length > 0 && !telling.some((field) => has('window', field))) wanted.push(`window.${telling[0]}`);
  return wanted;
}
