import { FatalError } from '../../../../src/core/errors';
import type { TopicTableSpec } from '../../../../src/core/lookup/compiled-lookup';
import { MemoryTable } from '../../../../src/core/lookup/memory-table';
import type { JsonValue } from '../../../../src/core/json';

function table(pointInTime?: { historyMs: number }, maxEntries = 1_000) {
  const spec: TopicTableSpec = {
    ...{ kind: 'topic', name: 'sensors', maxEntries },
    pointInTime: pointInTime && { ...pointInTime, timeField: undefined },
  };
  const made = new MemoryTable(spec);
  let offset = 0n;
  const put = (key: string, timeMs: number, value: JsonValue | undefined, at = offset++): void =>
    made.put({ key, timeMs, value, offset: at });
  return { table: made, put };
}

describe('a table of the newest entries', () => {
  it('gives what was put last, whatever the times', () => {
    const { table: made, put } = table();
    put('a', 9_000, 'late');
    put('a', 5_000, 'newest');
    expect(made.find('a', 0)).toBe('newest');
    expect(made.find('b', 0)).toBeUndefined();
  });

  it('forgets what is deleted, and tells null from nothing', () => {
    const { table: made, put } = table();
    put('a', 0, null);
    expect(made.find('a', 0)).toBeNull();
    put('a', 0, undefined);
    expect(made.find('a', 0)).toBeUndefined();
    expect(made.size).toBe(0);
  });
});

describe('a table in points of time', () => {
  it('gives the version with the greatest time at or before the one asked for', () => {
    const { table: made, put } = table({ historyMs: 100_000 });
    put('a', 3_000, 'three');
    put('a', 1_000, 'one');
    put('a', 5_000, 'five');
    expect([999, 1_000, 2_999, 3_000, 4_999, 5_000, 9_000].map((ms) => made.find('a', ms))).toEqual([
      ...[undefined, 'one', 'one', 'three', 'three', 'five', 'five'],
    ]);
  });

  it('gives the version with the greatest offset of those with equal times, in whatever order they come', () => {
    const { table: made, put } = table({ historyMs: 100_000 });
    put('a', 1_000, 'second', 7n);
    put('a', 1_000, 'first', 3n);
    expect(made.find('a', 1_000)).toBe('second');
    put('a', 1_000, 'third', 8n);
    expect(made.find('a', 1_000)).toBe('third');
  });

  it('takes a version that is delivered twice as one', () => {
    const { table: made, put } = table({ historyMs: 100_000 });
    put('a', 1_000, 'x', 3n);
    put('a', 1_000, 'x', 3n);
    expect(made.size).toBe(1);
  });

  it('has nothing between a deletion and the next version', () => {
    const { table: made, put } = table({ historyMs: 100_000 });
    put('a', 1_000, 'x');
    put('a', 2_000, undefined);
    put('a', 3_000, 'y');
    expect([1_999, 2_000, 3_000].map((ms) => made.find('a', ms))).toEqual(['x', undefined, 'y']);
  });

  it('keeps what holds at the beginning of the history, and nothing older', () => {
    const { table: made, put } = table({ historyMs: 10_000 });
    put('a', 1_000, 'one');
    put('a', 2_000, 'two');
    put('a', 13_000, 'thirteen');
    expect([1_500, 3_000, 13_000].map((ms) => made.find('a', ms))).toEqual([undefined, 'two', 'thirteen']);
    expect(made.size).toBe(2);
  });

  it('lets a deleted key go once the deletion is older than the history', () => {
    const { table: made, put } = table({ historyMs: 10_000 }, 2);
    put('a', 1_000, 'x');
    put('a', 2_000, undefined);
    put('b', 20_000, 'y');
    expect([made.size, made.failure, made.find('b', 20_000)]).toEqual([1, undefined, 'y']);
  });
});

describe('a table that outgrows its bound', () => {
  it.each([
    ['the newest', undefined, 'raise maxEntries of the lookup'],
    ['versions', { historyMs: 1_000_000 }, 'raise maxEntries or shorten history of the lookup'],
  ])('of %s says so to whoever asks, and gives its memory back', (_what, pointInTime, mend) => {
    const { table: made, put } = table(pointInTime, 2);
    put('a', 1, 1);
    put('b', 2, 2);
    expect(made.find('a', 1)).toBe(1);
    put('c', 3, 3);
    expect(() => made.find('a', 1)).toThrow(FatalError);
    expect(() => made.find('a', 1)).toThrow(
      `The lookup table of topic sensors has more than 2 entries; ${mend}, and give the process memory for them.`,
    );
    put('d', 4, 4);
    expect(made.size).toBe(0);
  });
});
