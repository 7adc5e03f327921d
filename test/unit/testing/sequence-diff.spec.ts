import { sequenceDiff } from '../../../src/testing/sequence-diff';

/** `a`, `-b`, `+c` for same, missing and unexpected. */
const diffOf = (expected: string, actual: string): string =>
  sequenceDiff(expected.length, actual.length, (i, j) => expected[i] === actual[j])
    .map((line) => {
      if (line.kind === 'same') return expected[line.expected];
      return line.kind === 'missing' ? `-${expected[line.expected]}` : `+${actual[line.actual]}`;
    })
    .join(' ');

describe('the difference of two sequences', () => {
  it.each([
    ['', '', ''],
    ['abc', 'abc', 'a b c'],
    ['abc', '', '-a -b -c'],
    ['', 'ab', '+a +b'],
    ['abc', 'ac', 'a -b c'],
    ['ac', 'abc', 'a +b c'],
    ['abc', 'axc', 'a -b +x c'],
    ['abcd', 'bcda', '-a b c d +a'],
    ['aab', 'ab', 'a -a b'],
  ])('of %j and %j is %j', (expected, actual, diff) => expect(diffOf(expected, actual)).toBe(diff));
});
