import { FeedBatchBuilder } from '../../../../src/core/feeds/feed-batch';
import { FIRST_STATE } from '../../../../src/core/feeds/feed-state';
import { createPartitioner } from '../../../../src/core/feeds/partitioner';
import { answerOf, compiledFeed } from '../../../support/feeds';

const placed = (n: number, value?: unknown, timestampMs = 0) => ({ n, value, timestampMs });
const half = () => 0.5;

describe('the partition of a record', () => {
  it('is left to its key by hash', () => {
    expect(createPartitioner({ kind: 'hash' }, half)(placed(1), 4)).toBeUndefined();
  });

  it('is the next one by round-robin, counted from the beginning of the feed', () => {
    const partitionOf = createPartitioner({ kind: 'round-robin' }, half);
    expect([0, 1, 2, 3, 4, 1001].map((n) => partitionOf(placed(n), 4))).toEqual([0, 1, 2, 3, 0, 1]);
  });

  it('is any of them by random', () => {
    const draws = [0, 0.24, 0.25, 0.999];
    const partitionOf = createPartitioner({ kind: 'random' }, () => draws.shift()!);
    expect([1, 2, 3, 4].map((n) => partitionOf(placed(n), 4))).toEqual([0, 0, 1, 3]);
  });

  it('changes with time by time', () => {
    const partitionOf = createPartitioner({ kind: 'time', every: 3_600_000 }, half);
    const hour = 3_600_000;
    expect([0, hour - 1, hour, 5 * hour].map((at) => partitionOf(placed(0, null, at), 4))).toEqual([0, 0, 1, 1]);
  });

  it('is that of its range, and the last one takes what lies beyond', () => {
    const partitionOf = createPartitioner({ kind: 'range', by: 'x', bounds: [10, 20, 30, 40] }, half);
    expect([-5, 9.9, 10, 29, 30, 1e9].map((value) => partitionOf(placed(0, value), 4))).toEqual([0, 0, 1, 2, 3, 3]);
    const letters = createPartitioner({ kind: 'range', by: 'x', bounds: ['h', 'p'] }, half);
    expect(['anna', 'hugo', 'zoë'].map((value) => letters(placed(0, value), 3))).toEqual([0, 1, 2]);
    expect(() => letters(placed(0, 7), 3)).toThrow('partitioner.by: 7 cannot be compared with the bounds');
  });

  it('is the remainder of what custom computes', () => {
    const partitionOf = createPartitioner({ kind: 'custom', partition: 'x' }, half);
    expect([7, 4, -1].map((value) => partitionOf(placed(0, value), 4))).toEqual([3, 0, 3]);
    expect(() => partitionOf(placed(0, 1.5), 4)).toThrow('partitioner.partition: 1.5 is no whole number');
  });

  it('is computed from the fields of the record, and a record that has none is a dead letter', () => {
    const feed = compiledFeed(`topic: t
source: { kind: http-poll, url: "http://up/", every: 1s }
fields: { id: item.id }
partitioner: { kind: custom, partition: id * 2 }`);
    const answer = answerOf([{ id: 1 }, { id: 'x' }, { id: 3 }]);
    const builder = new FeedBatchBuilder(feed, FIRST_STATE, 4);
    builder.add(feed.itemsOf(answer), answer);
    const { records, letters } = builder.batch();
    expect(records.map(({ partition }) => partition)).toEqual([2, 2]);
    expect(letters).toHaveLength(1);
  });
});
