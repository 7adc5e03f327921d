import type { Answer, AnswerRow, Case } from './case';
import { differences } from './comparison';
import { withoutNeedless } from './smaller-case';

const row = (key: string, startMs: number, n: number): AnswerRow => ({
  key,
  startMs,
  endMs: startMs + 10,
  values: { n },
});
const answer = (rows: AnswerRow[], late: number[] = []): Answer => ({ rows, late });

describe('the comparison of two tables', () => {
  it('finds nothing in equal tables, in whatever order their rows are', () => {
    const rows = [row('a', 0, 1), row('a', 10, 2), row('b', 0, 3)];
    expect(differences(answer(rows, [1, 4]), answer(rows.toReversed(), [1, 4]))).toEqual([]);
  });

  it('names rows that one alone has, rows of other values, and records that are late in one alone', () => {
    const theirs = answer([row('a', 0, 1), row('b', 0, 2)], [3]);
    const ours = answer([row('b', 0, 4), row('b', 10, 5)], [7]);
    expect(differences(theirs, ours)).toEqual([
      'a [0, 10]: Kafka Streams has {"n":1}, Millrace has no such row',
      'b [0, 10]: Kafka Streams has {"n":2}, Millrace has {"n":4}',
      'b [10, 20]: Kafka Streams has no such row, Millrace has {"n":5}',
      'reading 3: late in Kafka Streams alone',
      'reading 7: late in Millrace alone',
    ]);
  });

  it('refuses a table that has one row twice', () => {
    expect(() => differences(answer([]), answer([row('a', 0, 1), row('a', 0, 1)]))).toThrow('two rows in one place');
  });
});

describe('the smallest failing case', () => {
  const window = { kind: 'tumbling', sizeMs: 10, advanceMs: 10, graceMs: 0 } as const;
  const readings = Array.from({ length: 37 }, (_, i) => ({ key: 'a', atMs: i, x: 0 }));
  const given: Case = { window, emit: 'update', readings };

  it('holds nothing but what the failure needs', async () => {
    const has = (times: readonly number[], atMs: number): boolean => times.includes(atMs);
    const smallest = await withoutNeedless(given, (smaller) => {
      const times = smaller.readings.map(({ atMs }) => atMs);
      return Promise.resolve(has(times, 5) && has(times, 31));
    });
    expect(smallest).toEqual({ ...given, readings: [readings[5], readings[31]] });
  });
});
