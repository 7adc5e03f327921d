import { PoisonRecordError } from '../../../../src/core/errors';
import { MAX_KEPT_DEPTH, MAX_KEPT_SIZE } from '../../../../src/core/pipeline/kept-argument';
import { compiled } from './pipeline-text';

/** The argument that the only aggregate of a pipeline takes from a record. */
function argumentOf(call: string, fields: Record<string, unknown>): unknown {
  const { aggregates } = compiled({ aggregate: `  aggregate: { a: "${call}" }` });
  return aggregates[0]!.argument(fields);
}

function refusal(call: string, fields: Record<string, unknown>): string {
  try {
    argumentOf(call, fields);
  } catch (error) {
    if (error instanceof PoisonRecordError) return `${error.reason}: ${error.message}`;
    throw error;
  }
  throw new Error('was taken');
}

function nested(depth: number): unknown {
  return depth === 0 ? [] : [nested(depth - 1)];
}

describe('the arguments of an aggregate of several', () => {
  it.each([
    ['vwap(p, v)', { p: 2, v: 3 }, [2, 3]],
    ['vwap(p * 2, v)', { p: 1.5, v: 3 }, [3, 3]],
    ['arg_min(name, p)', { name: 'a', p: 3 }, ['a', 3]],
    ['top_k(x, 3, p)', { x: { a: [1] }, p: 3 }, [{ a: [1] }, 3]],
    ['vwap(p, v)', { p: 2 }, undefined],
    ['vwap(p, v)', { p: null, v: 3 }, undefined],
    ['quantile(x, 0.5)', { x: 3 }, 3],
    ['collect(x, 5)', { x: false }, false],
    ['collect(x, 5)', { x: null }, undefined],
  ])('%s of %j are %j', (call, fields, expected) => expect(argumentOf(call, fields)).toEqual(expected));

  it.each([
    ['vwap(p, v)', { p: 2, v: '3' }, 'bad-value: vwap(p, v): v: "3" is text, a number is needed'],
    ['arg_max(x, y)', { x: 1, y: Infinity }, 'bad-value: arg_max(x, y): y: Infinity is not finite, a number is needed'],
  ])('%s of %j go to the dead letters', (call, fields, message) => expect(refusal(call, fields)).toBe(message));
});

describe('a value that an aggregate keeps', () => {
  it.each([
    ['text', 'a'.repeat(MAX_KEPT_SIZE)],
    ['a list', Array(MAX_KEPT_SIZE - 1).fill(0)],
    ['a deep list', nested(MAX_KEPT_DEPTH - 1)],
  ])('may be %s up to the bound', (_what, x) => expect(argumentOf('last(x)', { x })).toBe(x));

  it.each([
    ['text', 'a'.repeat(MAX_KEPT_SIZE + 1)],
    ['a list', Array(MAX_KEPT_SIZE).fill(0)],
    ['a list', nested(MAX_KEPT_DEPTH)],
    ['a list', nested(5000)],
    ['an object', { ['a'.repeat(MAX_KEPT_SIZE)]: 1 }],
  ])('that is %s beyond the bound goes to the dead letters', (what, x) => {
    expect(refusal('distinct(x)', { x })).toMatch(
      new RegExp(`^bad-value: distinct\\(x\\): .* is ${what} that is larger than 4096 characters or 32 levels$`),
    );
  });

  it('that is not finite goes to the dead letters', () => {
    expect(refusal('last(x)', { x: { y: [Infinity] } })).toMatch(/^bad-value: last\(x\): .* that is no value of JSON$/);
  });

  it('may be of any size where it is only counted', () => {
    expect(argumentOf('count(x)', { x: 'a'.repeat(MAX_KEPT_SIZE + 1) })).toHaveLength(MAX_KEPT_SIZE + 1);
  });
});
