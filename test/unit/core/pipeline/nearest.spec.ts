import fc from 'fast-check';
import { editDistance, nearest, suggestion } from '../../../../src/core/pipeline/nearest';

const word = fc.string({ maxLength: 8 });

describe('the nearest name', () => {
  it('counts edits as a distance does', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it.each([
    ['agregate', 'aggregate'],
    ['agv', 'avg'],
    ['Aggregate', 'aggregate'],
    ['sinsk', 'sinks'],
    ['zebra', undefined],
    ['x', undefined],
  ])('of %p is %p', (name, expected) => expect(nearest(name, ['aggregate', 'avg', 'sinks'])).toBe(expected));

  it('lists what there is when nothing is near', () => {
    expect(suggestion('zebra', ['avg', 'sum'])).toBe('; known: avg, sum');
    expect(suggestion('smu', ['avg', 'sum'])).toBe('; did you mean "sum"?');
    expect(suggestion('zebra', [])).toBe('');
  });
});
