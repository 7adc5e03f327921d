import type { Row } from '../../../../src/core/row/row';
import { compareRows, isNewer, NewestRows, rowIdentity } from '../../../../src/core/row/row-identity';

const base: Row = {
  pipeline: 'p',
  key: { k: 'a' },
  keyText: 'a',
  window: { startMs: 10, endMs: 20, zone: 'UTC' },
  values: { n: 1 },
  revision: 4n,
  final: false,
};
const window = (over: object) => ({ ...base, window: { ...base.window!, ...over } });
const stateless = (partition: number | undefined, revision: bigint, values: Row['values'] = { n: 1 }): Row => ({
  ...base,
  ...{ key: {}, keyText: '[]', window: undefined, values, revision },
  ...(partition !== undefined && { partition }),
});

describe('the identity of a row', () => {
  it('is the same for versions of it', () => {
    expect(rowIdentity({ ...base, values: undefined, revision: 9n })).toBe(rowIdentity(base));
  });

  it.each([
    ['key', { ...base, keyText: 'b' }],
    ['start', window({ startMs: 9 })],
    ['end', window({ endMs: 21 })],
    ['ordinal', window({ index: 1 })],
    ['zone', window({ zone: 'Asia/Shanghai' })],
    ['having a window', { ...base, window: undefined }],
  ])('differs with the %s', (_, other) => expect(rowIdentity(other)).not.toBe(rowIdentity(base)));

  it('is the key alone in a global window', () => {
    const global = { ...base, window: undefined };
    expect(rowIdentity({ ...global, revision: 9n })).toBe(rowIdentity(global));
  });

  it('is each row its own without a key, by partition and revision, or by its values where the partition is not known', () => {
    const rows = [stateless(0, 1n), stateless(0, 3n), stateless(1, 1n), stateless(undefined, 1n)];
    const others = [stateless(undefined, 1n, { n: 2 })];
    expect(new Set([...rows, ...others].map(rowIdentity)).size).toBe(5);
    expect(rowIdentity({ ...stateless(0, 1n) })).toBe(rowIdentity(stateless(0, 1n)));
  });

  it('is not taken from a key that only looks like none', () => {
    const global = { ...base, keyText: '["[]"]', window: undefined };
    expect(rowIdentity({ ...global, revision: 9n })).toBe(rowIdentity(global));
  });
});

it('rows are ordered by key, start, end and ordinal, and without a key by partition and revision', () => {
  const ordered = [
    base,
    window({ index: 1 }),
    window({ endMs: 30 }),
    window({ startMs: 11, endMs: 12 }),
    { ...base, keyText: 'b' },
  ];
  expect([...ordered].reverse().sort(compareRows)).toEqual(ordered);
  const records = [stateless(0, 5n), stateless(0, 7n), stateless(1, 1n)];
  expect([...records].reverse().sort(compareRows)).toEqual(records);
});

describe('the newest version of a row', () => {
  const final: Row = { ...base, revision: 5n, final: true };
  const deleted: Row = { ...base, values: undefined, revision: 5n };

  it('is the one of the greatest revision, and of equal ones the deletion', () => {
    expect(isNewer(final, base)).toBe(true);
    expect(isNewer(base, final)).toBe(false);
    expect(isNewer(deleted, final)).toBe(true);
    expect(isNewer(final, deleted)).toBe(false);
    expect(isNewer(final, final)).toBe(false);
  });

  it.each([
    ['a final row and its deletion', [final, deleted]],
    ['a deletion and the final row of the same revision', [deleted, final]],
  ])('is not there after %s', (_, versions) => {
    const newest = new NewestRows();
    versions.forEach((version) => newest.offer(version));
    expect(newest.sorted()).toEqual([]);
    newest.offer({ ...base, revision: 6n });
    expect(newest.sorted()).toEqual([{ ...base, revision: 6n }]);
  });
});
