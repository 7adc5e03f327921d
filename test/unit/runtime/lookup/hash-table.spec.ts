import { MemoryReferenceHash } from '../../../../src/adapters/memory/memory-reference-hash';
import { HashTable } from '../../../../src/runtime/lookup/hash-table';

describe('a hash as a process knows it', () => {
  let nowMs: number;
  let asked: string[][];
  let hash: MemoryReferenceHash;

  beforeEach(() => {
    nowMs = 0;
    asked = [];
    hash = new MemoryReferenceHash();
    const { read } = hash;
    hash.read = (name, fields) => {
      asked.push([...fields]);
      return read.call(hash, name, fields);
    };
  });

  const table = (maxAgeMs: number) =>
    new HashTable({ kind: 'redis', name: 'sensors', maxAgeMs }, hash, { now: () => nowMs });

  it('gives JSON, plain text, and nothing for what is not there', async () => {
    hash.put('sensors', 'a', '{"x":1}');
    hash.put('sensors', 'b', 'Beijing');
    const found = await table(1_000).read(['a', 'b', 'c']);
    expect([...found]).toEqual([
      ['a', { x: 1 }],
      ['b', 'Beijing'],
      ['c', undefined],
    ]);
  });

  it('uses an answer again until it is too old, that there is none too', async () => {
    const known = table(1_000);
    await known.read(['a', 'b']);
    hash.put('sensors', 'a', '1');
    nowMs = 999;
    expect((await known.read(['a', 'c'])).get('a')).toBeUndefined();
    nowMs = 1_000;
    expect((await known.read(['a', 'c'])).get('a')).toBe(1);
    expect(asked).toEqual([['a', 'b'], ['c'], ['a']]);
  });

  it('asks each time when nothing may be used again', async () => {
    const known = table(0);
    await known.read(['a']);
    await known.read(['a']);
    expect(asked).toEqual([['a'], ['a']]);
  });

  it('answers for more keys than it keeps, and keeps no more than its bound', async () => {
    const known = table(1_000);
    const keys = Array.from({ length: 100_001 }, (_, i) => `k${i}`);
    expect((await known.read(keys)).size).toBe(keys.length);
    await known.read(keys.slice(-100_000));
    await known.read(['k0']);
    expect(asked.map(({ length }) => length)).toEqual([100_001, 1]);
  });
});
