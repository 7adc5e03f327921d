import fc from 'fast-check';

import { decodeKey, encodeKey } from '../../../../src/core/row/key';

const value = fc.oneof(fc.string(), fc.integer(), fc.boolean());

it('a single text stands for itself', () => {
  expect(encodeKey(['Beijing US Post'])).toBe('Beijing US Post');
  expect(encodeKey(['हैदराबाद'])).toBe('हैदराबाद');
});

it('different keys have different texts, and each text gives back its key', () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 3 }),
      fc.array(value, { minLength: 1, maxLength: 3 }),
      (a, b) => {
        const names = a.map((_, i) => `f${i}`);
        expect(Object.values(decodeKey(encodeKey(a), names))).toEqual(a);
        if (a.length === b.length && JSON.stringify(a) !== JSON.stringify(b))
          expect(encodeKey(a)).not.toBe(encodeKey(b));
      },
    ),
  );
});
