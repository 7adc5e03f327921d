import { matchesKey, typedKeys } from '../../../src/api/key-match';

describe('keys in a URL have no types', () => {
  it.each([
    ['5', 5],
    ['5', '5'],
    ['true', true],
    ['null', null],
  ])('%j matches the value %j', (text, value) => {
    expect(matchesKey({ id: value }, new Map([['id', text]]))).toBe(true);
  });

  it('does not match another text of the same number', () => {
    expect(matchesKey({ id: 5 }, new Map([['id', '5.0']]))).toBe(false);
  });

  it('gives every typed key, the one of texts first', () => {
    const wanted = new Map([
      ['id', '5'],
      ['on', 'true'],
    ]);
    expect(typedKeys(['id', 'on'], wanted)).toEqual([
      ['5', 'true'],
      [5, 'true'],
      ['5', true],
      [5, true],
    ]);
  });

  it('gives none while a field of the key is not named', () => {
    expect(typedKeys(['id', 'on'], new Map([['id', '5']]))).toBeUndefined();
  });
});
