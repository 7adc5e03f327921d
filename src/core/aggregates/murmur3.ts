/**
 * MurmurHash3_x86_128, of whole 16-byte blocks and a rest, as its author published it (A. Appleby, SMHasher, public
 * domain). The first 64 bits of the hash are left in `hash[0]` and `hash[1]`, the others in `hash[2]` and `hash[3]`.
 */
export function murmur3(bytes: Uint8Array, length: number, seed: number, hash: Uint32Array): void {
  let h1 = seed;
  let h2 = seed;
  let h3 = seed;
  let h4 = seed;
  const blocksEnd = length - (length % 16);
  for (let at = 0; at < blocksEnd; at += 16) {
    h1 ^= mixed1(word(bytes, at));
    h1 = (Math.imul(rotated(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= mixed2(word(bytes, at + 4));
    h2 = (Math.imul(rotated(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= mixed3(word(bytes, at + 8));
    h3 = (Math.imul(rotated(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= mixed4(word(bytes, at + 12));
    h4 = (Math.imul(rotated(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const rest = length - blocksEnd;
  if (rest > 12) h4 ^= mixed4(restWord(bytes, blocksEnd + 12, length));
  if (rest > 8) h3 ^= mixed3(restWord(bytes, blocksEnd + 8, length));
  if (rest > 4) h2 ^= mixed2(restWord(bytes, blocksEnd + 4, length));
  if (rest > 0) h1 ^= mixed1(restWord(bytes, blocksEnd, length));
  finish(hash, h1 ^ length, h2 ^ length, h3 ^ length, h4 ^ length);
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const mixed1 = (k: number): number => Math.imul(rotated(Math.imul(k, C1), 15), C2);
const mixed2 = (k: number): number => Math.imul(rotated(Math.imul(k, C2), 16), C3);
const mixed3 = (k: number): number => Math.imul(rotated(Math.imul(k, C3), 17), C4);
const mixed4 = (k: number): number => Math.imul(rotated(Math.imul(k, C4), 18), C1);

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** The up to four bytes from `at` to `end`. */
function restWord(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = Math.min(end, at + 4) - 1; i >= at; i--) value = (value << 8) | bytes[i]!;
  return value;
}

function finish(hash: Uint32Array, a: number, b: number, c: number, d: number): void {
  const sum = a + b + c + d;
  const f1 = avalanche(sum);
  const f2 = avalanche(b + sum);
  const f3 = avalanche(c + sum);
  const f4 = avalanche(d + sum);
  hash[0] = f1 + f2 + f3 + f4;
  hash[1] = f2 + hash[0];
  hash[2] = f3 + hash[0];
  hash[3] = f4 + hash[0];
}

function avalanche(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
