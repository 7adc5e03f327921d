import type { Row } from '../core/row/row';
import type { DeadLetter } from '../core/task/dead-letter';
import type { ExpectedDead, ExpectedRow } from './golden-definition';
import { expectationText, expectedText, isSameIdentity, mismatches } from './golden-rows';
import { type DiffLine, sequenceDiff } from './sequence-diff';

/** Equal lines that are shown around a difference; the others are counted. */
const CONTEXT = 2;
/** Beyond this many on either side, lists are compared place by place: the shortest difference costs their product. */
const MOST_ALIGNED = 5000;

/**
 * Lines that say how the rows that came differ from those expected; none when they do not. `-` was expected and did not
 * come, `+` came and was not expected; under a pair about one key and window, what differs in it.
 */
export function rowDifference(expected: readonly ExpectedRow[], rows: readonly Row[], tolerance: number): string[] {
  const isSame = (i: number, j: number): boolean => mismatches(expected[i]!, rows[j]!, tolerance).length === 0;
  const lines = diff(expected.length, rows.length, isSame);
  if (lines.every(({ kind }) => kind === 'same')) return [];
  const body = shown(lines, {
    expected: (i) => expectedText(expected[i]!),
    actual: (j) => expectationText(rows[j]!),
    pair: (i, j) =>
      isSameIdentity(expected[i]!, rows[j]!) ? mismatches(expected[i]!, rows[j]!, tolerance) : undefined,
  });
  return [headline(lines, 'row'), ...body];
}

/** The same for dead letters. */
export function deadDifference(expected: readonly ExpectedDead[], letters: readonly DeadLetter[]): string[] {
  const isSame = (i: number, j: number): boolean => {
    const [{ reason, message = '' }, letter] = [expected[i]!, letters[j]!];
    return reason === letter.reason && letter.message.includes(message);
  };
  const lines = diff(expected.length, letters.length, isSame);
  if (lines.every(({ kind }) => kind === 'same')) return [];
  const body = shown(lines, {
    expected: (i) => JSON.stringify(expected[i]),
    actual: (j) => JSON.stringify({ reason: letters[j]!.reason, message: letters[j]!.message }),
    pair: () => undefined,
  });
  return [headline(lines, 'dead letter'), ...body];
}

function diff(expected: number, actual: number, isSame: (i: number, j: number) => boolean): readonly DiffLine[] {
  if (expected <= MOST_ALIGNED && actual <= MOST_ALIGNED) return sequenceDiff(expected, actual, isSame);
  return Array.from({ length: Math.max(expected, actual) }, (_, i): DiffLine[] => {
    if (i >= expected) return [{ kind: 'unexpected', actual: i }];
    if (i >= actual) return [{ kind: 'missing', expected: i }];
    if (isSame(i, i)) return [{ kind: 'same', expected: i, actual: i }];
    return [
      { kind: 'missing', expected: i },
      { kind: 'unexpected', actual: i },
    ];
  }).flat();
}

function headline(lines: readonly DiffLine[], what: string): string {
  const count = (wanted: DiffLine['kind']): number => lines.filter(({ kind }) => kind === wanted).length;
  const [missing, unexpected] = [count('missing'), count('unexpected')];
  const parts = [
    ...(missing > 0 ? [`${counted(missing, what)} of those expected did not come (-)`] : []),
    ...(unexpected > 0
      ? [`${counted(unexpected, what)} came that ${unexpected === 1 ? 'was' : 'were'} not expected (+)`]
      : []),
  ];
  return parts.join(', ');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

interface Texts {
  expected(i: number): string;
  actual(j: number): string;
  /** What differs between two that are about the same thing; `undefined` when they are not. */
  pair(i: number, j: number): readonly string[] | undefined;
}

function shown(lines: readonly DiffLine[], texts: Texts): string[] {
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ kind }) => kind !== 'same'),
  );
  const result: string[] = [];
  let [at, hidden] = [0, 0];
  while (at < lines.length) {
    const line = lines[at]!;
    if (line.kind === 'same') {
      if (isNear[at]) result.push(...hiddenLine(hidden), `    ${texts.actual(line.actual)}`);
      hidden = isNear[at] ? 0 : hidden + 1;
      at++;
      continue;
    }
    result.push(...hiddenLine(hidden));
    hidden = 0;
    const end = lines.findIndex(({ kind }, i) => i > at && kind === 'same');
    const run = lines.slice(at, end === -1 ? lines.length : end);
    result.push(...changed(run, texts));
    at += run.length;
  }
  return [...result, ...hiddenLine(hidden)];
}

function hiddenLine(count: number): string[] {
  return count > 0 ? [`    ... ${count} as expected`] : [];
}

/** A run without equal lines: each missing one, followed by the one that came in its place if there is one. */
function changed(run: readonly DiffLine[], texts: Texts): string[] {
  const missing = run.flatMap((line) => (line.kind === 'missing' ? [line.expected] : []));
  const unexpected = run.flatMap((line) => (line.kind === 'unexpected' ? [line.actual] : []));
  const lines: string[] = [];
  for (const i of missing) {
    lines.push(`  - ${texts.expected(i)}`);
    const partner = unexpected.findIndex((j) => texts.pair(i, j) !== undefined);
    if (partner === -1) continue;
    const [j] = unexpected.splice(partner, 1) as [number];
    lines.push(`  + ${texts.actual(j)}`, ...texts.pair(i, j)!.map((mismatch) => `      ${mismatch}`));
  }
  return [...lines, ...unexpected.map((j) => `  + ${texts.actual(j)}`)];
}
