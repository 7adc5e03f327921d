import { FeedBatchBuilder } from '../../../../src/core/feeds/feed-batch';
import { FIRST_STATE } from '../../../../src/core/feeds/feed-state';
import { SeededRandom } from '../../../../src/core/feeds/seeded-random';
import { answerOf, compiledFeed } from '../../../support/feeds';

const spec = (seed: number) => `topic: t
source: { kind: generator, seed: ${seed}, rate: 10 }
fields:
  n: item.n
  share: random()
  between: between(5, 6)
  whole: whole(1, 3)
  normal: normal(20, 2)
  word: pick(["a", "b", "c"])
  list: '[0, 1, 2].filter(i, random() < 0.5).map(i, {"i": i, "x": whole(1, 9)})'`;

function valuesOf(seed: number, from: number, count: number): string[] {
  const feed = compiledFeed(spec(seed));
  const builder = new FeedBatchBuilder(feed, { ...FIRST_STATE, seen: from }, 4);
  builder.add(
    Array.from({ length: count }, (_, i) => ({ n: from + i })),
    answerOf([]),
  );
  return builder.batch().records.map(({ value }) => String(value));
}

describe('a generator', () => {
  it('gives the same records for the same seed, wherever it begins', () => {
    const all = valuesOf(7, 0, 50);
    expect(valuesOf(7, 0, 50)).toEqual(all);
    expect(valuesOf(7, 20, 30)).toEqual(all.slice(20));
    expect(valuesOf(8, 0, 50)).not.toEqual(all);
  });

  it('draws what it is asked for', () => {
    const records = valuesOf(3, 0, 2_000).map((value) => JSON.parse(value) as Record<string, never>);
    const mean = (name: string) => records.reduce((sum, record) => sum + Number(record[name]), 0) / records.length;
    for (const { share, between, whole, word } of records) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThan(1);
      expect(between).toBeGreaterThanOrEqual(5);
      expect(between).toBeLessThanOrEqual(6);
      expect([1, 2, 3]).toContain(whole);
      expect(['a', 'b', 'c']).toContain(word);
    }
    expect(mean('share')).toBeCloseTo(0.5, 1);
    expect(mean('whole')).toBeCloseTo(2, 0);
    expect(mean('normal')).toBeCloseTo(20, 0);
    expect(new Set(records.map(({ whole }) => whole)).size).toBe(3);
  });

  it('has numbers whose neighbours have nothing in common', () => {
    const random = new SeededRandom();
    const firsts = Array.from({ length: 10_000 }, (_, n) => (random.begin(1, n), random.next()));
    const centred = firsts.map((value) => value - 0.5);
    const correlation = centred.slice(1).reduce((sum, value, i) => sum + value * centred[i]!, 0) / 9_999 / (1 / 12);
    expect(Math.abs(correlation)).toBeLessThan(0.05);
  });
});
