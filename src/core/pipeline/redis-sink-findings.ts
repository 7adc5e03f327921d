import { type Mention, mentionsIn } from './cel-names';
import { checkExpression } from './expression-fault';
import { type Finding, type Path, textEntries, valueAt } from './finding';
import { faultAt } from './record-findings';
import { BOARD_VIEWS, type BoardView } from './redis-sink-definition';
import { checkMention, type RowNames } from './row-mentions';

const EXPRESSIONS = ['key', 'member', 'score', 'at', 'value'];
/** Must be equal for all versions of a row: an older version would stay where only its own text leads. */
const IDENTIFYING = ['key', 'member'];

/** Checks one `redis` sink against the rest of the document. */
export function checkBoard(sinks: readonly unknown[], i: number, names: RowNames): Finding[] {
  const view = viewOf(sinks[i]);
  if (view === undefined) return [];
  if (sinks.slice(0, i).some((sink) => viewOf(sink) === view))
    return [{ path: ['spec', 'sinks', i], message: `a second ${view} sink; at most one` }];
  const path = ['spec', 'sinks', i, 'redis', view];
  const board = valueAt(sinks[i], ['redis', view]);
  const mentions = new Map<string, readonly Mention[]>();
  const found = textEntries(board)
    .filter(([part]) => EXPRESSIONS.includes(part))
    .flatMap(([part, text]) => {
      const checked = checkExpression(text, names.language);
      if ('fault' in checked) return [faultAt([...path, part], checked.fault)];
      const inPart = mentionsIn(checked.expression.ast);
      mentions.set(part, inPart);
      return inPart.flatMap((mention) => checkMention(mention, [...path, part], names));
    });
  return found.length > 0 ? found : checkWhole({ view, path, board, mentions, names });
}

function viewOf(sink: unknown): BoardView | undefined {
  return BOARD_VIEWS.find((view) => valueAt(sink, ['redis', view]) !== undefined);
}

interface Board {
  readonly view: BoardView;
  readonly path: Path;
  readonly board: unknown;
  readonly mentions: ReadonlyMap<string, readonly Mention[]>;
  readonly names: RowNames;
}

function checkWhole(board: Board): Finding[] {
  const { view, path, names } = board;
  const isRanked = view === 'leaderboard' || view === 'counter';
  if (names.windowKind === 'none' && isRanked) {
    const message = `needs rows that change: give the pipeline a key, a window such as { kind: global }, and aggregates`;
    return [{ path, message, at: 'name' }];
  }
  return [
    ...(names.windowKind === 'none' ? [] : checkIdentifying(board)),
    ...(isRanked ? checkMembers(board) : []),
    ...(view === 'latest' ? checkOrder(board) : []),
    ...checkTtl(board),
  ];
}

function checkIdentifying({ path, mentions }: Board): Finding[] {
  return IDENTIFYING.flatMap((part) =>
    (mentions.get(part) ?? [])
      .filter(({ name }) => name !== 'key' && name !== 'window')
      .map(({ name, start }) => ({
        path: [...path, part],
        message: `${name} changes from one version of a row to the next; name fields of key and window only`,
        offset: start,
      })),
  );
}

/** Rows of two keys must not take each other's place. */
function checkMembers({ path, mentions, names }: Board): Finding[] {
  const inBoth = IDENTIFYING.flatMap((part) => mentions.get(part) ?? []);
  const wanted = names.keyFields.filter((field) => !inBoth.some((m) => m.name === 'key' && m.field === field));
  if (wanted.length === 0 || !mentions.has('member')) return [];
  const fields = wanted.map((field) => `key.${field}`).join(' or ');
  const message = `neither key nor member holds ${fields}; different rows would overwrite each other`;
  return [{ path: [...path, 'member'], message }];
}

function checkOrder({ path, mentions, names: { windowKind } }: Board): Finding[] {
  if (mentions.has('at') || (windowKind !== 'none' && windowKind !== 'global')) return [];
  return [{ path, message: 'no window says how new a row is; say it with at: a field that holds a time', at: 'name' }];
}

function checkTtl({ path, board, mentions }: Board): Finding[] {
  const isOfWindow = (mentions.get('key') ?? []).some(({ name }) => name === 'window');
  if (valueAt(board, ['ttl']) !== 'never' || !isOfWindow) return [];
  return [{ path: [...path, 'ttl'], message: 'boards of windows that are over would stay for ever; give a duration' }];
}
