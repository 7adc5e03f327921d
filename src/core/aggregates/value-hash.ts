import type { JsonValue } from '../json';
import { canonicalText } from './kept-value';
import { murmur3 } from './murmur3';

const NUMBER = 1;
const TEXT = 2;
const OTHER = 3;
const SEED = 0x6d696c6c;
const BYTES_PER_UNIT = 2;

let bytes = new Uint8Array(1024);
let view = new DataView(bytes.buffer);
const hash = new Uint32Array(4);

/** Bits of a hash: as many as a double holds exactly. */
export const HASH_BITS = 53;
const LOW_BITS = HASH_BITS - 32;

/**
 * The first 53 bits of MurmurHash3_x86_128 of a kind byte and the value: a number's 8 bytes, text in UTF-16
 * (little-endian), other values as canonical text. `1` and `"1"` differ by their kind, `-0` is `0`. The same in every
 * process and build.
 */
export function hashOf(value: JsonValue): number {
  murmur3(bytes, typeof value === 'number' ? writeNumber(value) : writeText(value), SEED, hash);
  return hash[0]! * 2 ** LOW_BITS + (hash[1]! >>> (32 - LOW_BITS));
}

function writeNumber(value: number): number {
  bytes[0] = NUMBER;
  view.setFloat64(1, value === 0 ? 0 : value, true);
  return 9;
}

function writeText(value: JsonValue): number {
  const text = typeof value === 'string' ? value : canonicalText(value);
  const length = 1 + text.length * BYTES_PER_UNIT;
  if (length > bytes.length) {
    bytes = new Uint8Array(length * 2);
    view = new DataView(bytes.buffer);
  }
  bytes[0] = typeof value === 'string' ? TEXT : OTHER;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[1 + i * BYTES_PER_UNIT] = unit;
    bytes[2 + i * BYTES_PER_UNIT] = unit >>> 8;
  }
  return length;
}
