import { FeedVector } from '../../../src/live/feed-vector';

const vector = FeedVector.of(
  42n,
  new Map([
    [1, '88-0'],
    [0, '120-3'],
  ]),
);

describe('FeedVector', () => {
  it('reads what it wrote', () => {
    expect(vector.toString()).toBe('0:120-3,1:88-0@42');
    expect(FeedVector.parse(vector.toString())?.toString()).toBe(vector.toString());
    expect(FeedVector.parse('@0')?.partitions).toEqual([]);
  });

  it.each(['', 'abc', '0:1-0', '0:1@2', '0:1-0,@2', '0:1-0@2 '])('does not take %j for a vector', (text) => {
    expect(FeedVector.parse(text)).toBeUndefined();
  });

  it('only grows, comparing offset then sequence as numbers', () => {
    expect(vector.with(0, '120-10').idOf(0)).toBe('120-10');
    expect(vector.with(0, '99-9').idOf(0)).toBe('120-3');
    expect(vector.with(2, '1-0').toString()).toBe('0:120-3,1:88-0,2:1-0@42');
  });
});
