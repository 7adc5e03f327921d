import { RecentlyUsed } from '../../../src/core/recently-used';

function counted(capacity: number) {
  const made: string[] = [];
  const lengths = new RecentlyUsed(capacity, (key: string) => {
    made.push(key);
    return { length: key.length };
  });
  return { lengths, made };
}

it('makes a value once and gives the same one again', () => {
  const { lengths, made } = counted(2);
  const first = lengths.get('a');
  lengths.get('bb');
  expect(lengths.get('a')).toBe(first);
  expect(made).toEqual(['a', 'bb']);
});

it('forgets what was asked for longest ago once it is full', () => {
  const { lengths, made } = counted(2);
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) lengths.get(key);
  expect(made).toEqual(['a', 'b', 'c', 'b']);
  expect(lengths.size).toBe(2);
});

it('keeps nothing when the value cannot be made, and tries again', () => {
  let attempts = 0;
  const failing = new RecentlyUsed(2, (key: string) => {
    attempts += 1;
    if (attempts === 1) throw new RangeError(key);
    return key;
  });
  expect(() => failing.get('a')).toThrow(RangeError);
  expect(failing.size).toBe(0);
  expect(failing.get('a')).toBe('a');
});
