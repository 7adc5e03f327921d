import { ConflatingQueue } from '../../../src/live/conflating-queue';
import { parseEntry, type ParsedEntry } from '../../../src/live/feed-row';
import { FeedVector } from '../../../src/live/feed-vector';

const start = FeedVector.of(1n, new Map([[0, '0-0']]));

function entry(id: string, rows: readonly (readonly [location: string, revision: number])[]): ParsedEntry {
  return parseEntry({
    partition: 0,
    id,
    rows: rows.map(([location, revision]) =>
      JSON.stringify({ pipeline: 'p', key: { location }, values: {}, revision: String(revision), final: false }),
    ),
  });
}

function push(queue: ConflatingQueue, pushed: ParsedEntry): void {
  queue.push(pushed, pushed.rows);
}

describe('ConflatingQueue', () => {
  it('keeps the newest revision of each row, and how far that is', () => {
    const queue = new ConflatingQueue(start, 10);
    push(
      queue,
      entry('1-0', [
        ['a', 1],
        ['b', 1],
      ]),
    );
    push(queue, entry('2-0', [['a', 2]]));
    const { rows, vector } = queue.take();
    expect(rows.map(({ key, revision }) => `${String(key['location'])}${revision}`)).toEqual(['b1', 'a2']);
    expect(vector.idOf(0)).toBe('2-0');
    expect(queue.isEmpty).toBe(true);
  });

  it('does not let an older revision replace a newer one', () => {
    const queue = new ConflatingQueue(start, 10);
    push(queue, entry('1-0', [['a', 5]]));
    push(queue, entry('2-0', [['a', 4]]));
    expect(queue.take().rows.map(({ revision }) => revision)).toEqual([5n]);
  });

  it('lets a deletion win over a row of the same revision, whichever comes first', () => {
    const text = (rest: object): string =>
      JSON.stringify({ pipeline: 'p', key: { location: 'a' }, ...rest, revision: '5', final: false });
    const versions = [text({ deleted: true }), text({ values: {} })];
    for (const rows of [versions, [...versions].reverse()]) {
      const queue = new ConflatingQueue(start, 10);
      push(queue, parseEntry({ partition: 0, id: '1-0', rows }));
      expect(queue.take().rows.map(({ deleted }) => deleted)).toEqual([true]);
    }
  });

  it('keeps every row of a pipeline without windows, of whichever partition', () => {
    const queue = new ConflatingQueue(start, 10);
    const rows = [5, 7].map((revision) =>
      JSON.stringify({ pipeline: 'p', key: {}, values: { n: 1 }, revision: String(revision), final: true }),
    );
    for (const partition of [0, 1]) push(queue, parseEntry({ partition, id: '1-0', rows }));
    expect(queue.take().rows).toHaveLength(4);
  });

  it('forgets everything when too many rows wait, and asks for a snapshot by saying so', () => {
    const queue = new ConflatingQueue(start, 2);
    push(
      queue,
      entry('1-0', [
        ['a', 1],
        ['b', 1],
        ['c', 1],
      ]),
    );
    expect(queue.overflowed).toBe(true);
    push(queue, entry('2-0', [['d', 1]]));
    expect(queue.isEmpty).toBe(true);
    expect(queue.position.idOf(0)).toBe('2-0');
    queue.restart(queue.position);
    push(queue, entry('3-0', [['d', 2]]));
    expect(queue.take().rows).toHaveLength(1);
  });
});
