import { evaluate } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { celKinds } from '../../../src/sandbox/cel-kinds';
import { decodeValue, encodeValue } from '../../../src/sandbox/values';
import { ModuleFolder } from '../../support/sandboxed-modules';

const duration = evaluate('duration("-90.000000001s")') as { seconds: bigint; nanos: number };
const unsigned = evaluate('uint(18446744073709551615)') as { value: bigint };

/** Compared by `Object.is` at the leaves. */
const anything = fc.anything({
  withBigInt: true,
  withDate: false,
  withMap: true,
  withTypedArray: false,
  withNullPrototype: false,
  withSparseArray: false,
  maxDepth: 4,
});

describe('values cross into the sandbox and out of it', () => {
  const folder = new ModuleFolder();
  let same: (...args: unknown[]) => unknown;
  beforeAll(async () => {
    same = await folder.function('return a');
  });
  afterAll(() => folder.remove());

  it.each([
    ...[0, -0, 1.5, -1, 2 ** 53, 5e-324, 1e308, Number.NaN, Infinity, -Infinity],
    ...['', 'a', '\u0000', 'naïve ☃ 😀', '\ud800', 'line\u2028end', '!["u"]'],
    ...[true, false, null, undefined, 1n, -(2n ** 70n)],
    ...[[[]], [{}], [[1, [2, ['u']]]], [[undefined, null]], [{ a: undefined }], [{ 'a b': [1] }]].flat(),
    new Date(0),
    new Date(8.64e15),
    new Map<unknown, unknown>([
      ['a', 1],
      [1, new Map()],
    ]),
    Uint8Array.of(0, 255),
  ])('as they are: %p', (value) => {
    // The second argument keeps numbers from their shorter way.
    expect(same(value, 'text')).toStrictEqual(value);
    expect(same(value, 1)).toStrictEqual(value);
  });

  it('as they are, whatever they are put together from', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(same(value, 'text')).toEqual(value);
        expect(decodeValue(encodeValue(value, celKinds), celKinds)).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('durations and unsigned integers of CEL, of its own classes', async () => {
    expect(same(duration, 1)).toStrictEqual(duration);
    expect((same([duration], 1) as [typeof duration])[0].seconds).toBe(duration.seconds);
    expect((same({ d: duration }, 1) as { d: typeof duration }).d.nanos).toBe(duration.nanos);
    expect((same(unsigned, 1) as typeof unsigned).value).toBe(18_446_744_073_709_551_615n);
    const ms = await folder.function('return a.valueOf()');
    expect(ms(duration, 1)).toBe(duration.valueOf());
  });

  it('a date that is none', () => {
    expect((same(new Date(Number.NaN), 1) as Date).getTime()).toBeNaN();
  });

  it('whole numbers of any size, in the arithmetic of the language', async () => {
    const wrapped = await folder.function(
      'return [BigInt.asUintN(64, a), BigInt.asIntN(64, a), BigInt.asUintN(8, -a), a ** 3n]',
    );
    for (const n of [0n, 2n ** 63n, 2n ** 64n - 1n, -1n, 0xcbf29ce484222325n * 0x100000001b3n]) {
      expect(wrapped([n][0], 'x')).toEqual([
        BigInt.asUintN(64, n),
        BigInt.asIntN(64, n),
        BigInt.asUintN(8, -n),
        n ** 3n,
      ]);
    }
  });

  it('a large list', () => {
    const list = Array.from({ length: 50_000 }, (_, i) => `${i}`);
    expect(same(list, 1)).toEqual(list);
  });
});
