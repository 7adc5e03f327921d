import { murmur3 } from '../../../../src/core/aggregates/murmur3';

/** What SMHasher, the test of the hash's author, calls its verification value. */
it('gives the verification value that its author published', () => {
  const hash = new Uint32Array(4);
  const all = new Uint8Array(256 * 16);
  const key = new Uint8Array(256);
  for (let i = 0; i < 256; i++) {
    key[i] = i;
    murmur3(key, i, 256 - i, hash);
    all.set(new Uint8Array(hash.buffer), i * 16);
  }
  murmur3(all, all.length, 0, hash);
  expect(hash[0]!.toString(16)).toBe('b3ece62a');
});
