import { anyArgument, numberArgument } from '../../../../src/core/aggregates/parameter';
import { defineAggregate } from '../../../../src/core/aggregates/aggregate-definition';
import { builtInAggregates } from '../../../../src/core/aggregates/built-in';
import { aggregateReference } from '../../../../src/core/aggregates/reference';
import { AggregateRegistry } from '../../../../src/core/aggregates/registry';

/** Section 4 of the semantics, in its order, then those of the shipped systems. */
const SIGNATURES = [
  ...['count()', 'count(x)', 'sum(x)', 'avg(x)', 'min(x)', 'max(x)'],
  ...['first(x)', 'last(x)', 'arg_min(x, y)', 'arg_max(x, y)'],
  ...['variance(x)', 'stddev(x)', 'quantile(x, q)', 'distinct(x)', 'top_k(x, k)', 'top_k(x, k, by)'],
  'top_k_each(list, k)',
  ...['ohlc(x)', 'vwap(price, volume)', 'ewma(x, half_life)'],
  ...['rate(x)', 'delta(x)', 'collect(x, n)', 'histogram(x, bounds)'],
  ...['trend(x, span, step)', 'nowcast(x)'],
];

describe('the reference of aggregates', () => {
  it('names all that the semantics name', () => {
    expect(aggregateReference().map(({ signature }) => signature)).toEqual(SIGNATURES);
  });

  it('says of each what it takes, gives, guarantees and costs', () => {
    for (const { result, guarantee, space } of aggregateReference()) {
      expect([result, guarantee, space].every((text) => text.length > 2)).toBe(true);
    }
    expect(aggregateReference().find(({ signature }) => signature === 'top_k(x, k)')?.parameters).toEqual([
      { name: 'x', takes: 'any value' },
      { name: 'k', takes: 'a whole number from 1 to 1000' },
    ]);
  });
});

describe('the registry of aggregates', () => {
  const named = (name: string) =>
    defineAggregate({
      ...{ name, version: 1, parameters: [anyArgument('x'), numberArgument('w')] },
      ...{ result: 'any', guarantee: 'none', space: 'none' },
      create: () => builtInAggregates[0]!.create([]),
    });

  it('refuses what could be meant by a call of another', () => {
    expect(() => new AggregateRegistry([...builtInAggregates, named('arg_min')])).toThrow(
      'aggregate arg_min(x, w): there is arg_min(x, y) already; choose another name',
    );
  });

  it('takes another number of arguments under the same name', () => {
    const registry = new AggregateRegistry([...builtInAggregates, named('avg')]);
    expect(registry.named('avg').map(({ parameters }) => parameters.length)).toEqual([1, 2]);
  });

  it('refuses a name that cannot be called', () => {
    expect(() => new AggregateRegistry([named('my avg')])).toThrow('a name is made of letters, digits and _');
  });
});
