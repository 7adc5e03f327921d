import fc from 'fast-check';
import { displayed } from '../../../../src/core/decoding/displayed';

describe('a value of a record in a message', () => {
  it('is the beginning of its JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value);
        expect(displayed(value)).toBe(json.length <= 60 ? json : `${json.slice(0, 60)}…`);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('is short for any depth of %s', (_, open, close) => {
    const value: unknown = JSON.parse(open.repeat(100_000) + '1' + close.repeat(100_000));
    expect(displayed(value)).toBe(`${open.repeat(60).slice(0, 60)}…`);
  });

  it.each([
    [NaN, 'NaN'],
    [undefined, 'undefined'],
    [1n, '1'],
  ])('is %p where JSON has no word for it', (value, text) => expect(displayed(value)).toBe(text));
});
