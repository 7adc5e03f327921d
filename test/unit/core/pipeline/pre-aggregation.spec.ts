import { builtInAggregates } from '../../../../src/core/aggregates/built-in';
import { compiled, type LineName, pipelineText, problemsOf } from './pipeline-text';

const AT = '9:32: spec.repartition.preAggregate: ';
const asking = { key: '  key: [k]\n  repartition: { preAggregate: true }' };

describe('aggregation before the repartition topic', () => {
  it('is off unless it is asked for, and then has a range', () => {
    expect(compiled().partials).toBeUndefined();
    expect(compiled({ key: '  key: [k]\n  repartition: { when: always }' }).partials).toBeUndefined();
    expect(compiled(asking).partials).toMatchObject({ range: 1024n, aggregates: [{ name: 'total' }, { name: 'n' }] });
    expect(compiled({ key: '  key: [k]\n  repartition: { preAggregate: true, range: 64 }' }).partials?.range).toBe(64n);
  });

  it.each<[LineName, string, string]>([
    ['window', '  window: { kind: session, gap: 1m }', 'cannot be used with session windows: '],
    ['window', '  window: { kind: sliding, size: 1m }', 'cannot be used with sliding windows: '],
    ['window', '  window: { kind: count, size: 5 }', 'cannot be used with count windows: '],
    ['late', '  late: { topic: too-late }', 'cannot be used with late.topic: '],
    ['aggregate', '  aggregate: { n: count(), f: first(x) }', 'cannot be used with f, first(x): '],
    ['emit', '  emit: { on: record }', 'cannot be used with emit.on: record: '],
    ['late', '  onPoison: park', 'cannot be used with onPoison: park: '],
    [
      'derive',
      '  lookup: [{ table: redis, name: cities, on: k, as: city }]\n  derive: { twice: x * 2 }',
      'cannot be used with lookup: ',
    ],
  ])('is refused with a reason where it would change results: %s %s', (line, text, reason) => {
    const problems = problemsOf(pipelineText({ ...asking, [line]: text }));
    expect(problems).toEqual([expect.stringContaining(`spec.repartition.preAggregate: ${reason}`)]);
  });

  it('is refused at its place', () => {
    expect(problemsOf(pipelineText({ ...asking, aggregate: '  aggregate: { t: "top_k(k, 3)" }' }))).toEqual([
      `${AT}cannot be used with t, top_k(x, k): its result may depend on the order of records, which partial aggregates do not keep`,
    ]);
  });

  it('is for these aggregates', () => {
    const names = new Set(builtInAggregates.filter(({ commutes }) => commutes).map(({ name }) => name));
    expect([...names].sort().join(' ')).toBe(
      'avg count distinct ewma histogram max min quantile stddev sum variance vwap',
    );
  });
});
