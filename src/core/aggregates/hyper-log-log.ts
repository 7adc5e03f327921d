import type { ByteReader, ByteWriter } from './bytes';
import { HASH_BITS } from './value-hash';

const PRECISION = 14;
/** The standard error is `1.04 / sqrt(16,384)`, 0.81 %. */
export const REGISTERS = 1 << PRECISION;
/** Bits of a hash that are left for the rank. */
const RANK_BITS = HASH_BITS - PRECISION;
const ALPHA_INFINITY = 1 / (2 * Math.LN2);

/** Adds a hash of `HASH_BITS` bits: its first 14 choose the register, the zeros that follow them are its rank. */
export function addHash(registers: Uint8Array, hash: number): void {
  const index = Math.floor(hash / 2 ** RANK_BITS);
  const rank = RANK_BITS - bitsOf(hash - index * 2 ** RANK_BITS) + 1;
  if (rank > registers[index]!) registers[index] = rank;
}

/** Binary digits of a whole number; 0 for 0. */
function bitsOf(value: number): number {
  const high = Math.floor(value / 2 ** 32);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(value);
}

export function mergeRegisters(into: Uint8Array, from: Uint8Array): void {
  for (let i = 0; i < REGISTERS; i++) if (from[i]! > into[i]!) into[i] = from[i]!;
}

/**
 * The number of distinct hashes, without bias from none to more than can be. Source: O. Ertl, "New cardinality
 * estimation algorithms for HyperLogLog sketches" (2017), algorithm 6.
 */
export function estimate(registers: Uint8Array): number {
  const ranks = new Float64Array(RANK_BITS + 2);
  for (const rank of registers) ranks[rank]!++;
  let z = REGISTERS * tau(1 - ranks[RANK_BITS + 1]! / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank--) z = 0.5 * (z + ranks[rank]!);
  z += REGISTERS * sigma(ranks[0]! / REGISTERS);
  return (ALPHA_INFINITY * REGISTERS * REGISTERS) / z;
}

function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = x;
  for (let before = NaN; z !== before;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - x;
  for (let before = NaN; z !== before;) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}

const SPARSE = 0;
const DENSE = 1;
/** A sparse entry takes at most this. */
const BYTES_OF_ENTRY = 3;
const BITS_OF_RANK = 6;
const DENSE_BYTES = (REGISTERS * BITS_OF_RANK) / 8;

/** Those that are not 0 while they are few, else 6 bits for each: at most 12,289 bytes. */
export function writeRegisters(writer: ByteWriter, registers: Uint8Array): void {
  let used = 0;
  for (const rank of registers) if (rank > 0) used++;
  const isSparse = used * BYTES_OF_ENTRY < DENSE_BYTES;
  writer.uint8(isSparse ? SPARSE : DENSE);
  if (isSparse) writeSparse(writer, registers, used);
  else writer.raw(packed(registers));
}

export function readRegisters(reader: ByteReader): Uint8Array {
  if (reader.uint8() === SPARSE) return readSparse(reader);
  return unpacked(reader.raw(DENSE_BYTES));
}

function writeSparse(writer: ByteWriter, registers: Uint8Array, used: number): void {
  writer.varint(used);
  let next = 0;
  for (let i = 0; i < REGISTERS; i++) {
    if (registers[i] === 0) continue;
    writer.varint(i - next);
    writer.uint8(registers[i]!);
    next = i + 1;
  }
}

function readSparse(reader: ByteReader): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  const used = reader.varint();
  let next = 0;
  for (let i = 0; i < used; i++) {
    next += reader.varint();
    registers[next++] = reader.uint8();
  }
  return registers;
}

/** Four ranks of 6 bits in three bytes. */
function packed(registers: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(DENSE_BYTES);
  for (let i = 0, at = 0; i < REGISTERS; i += 4, at += 3) {
    const four = registers[i]! | (registers[i + 1]! << 6) | (registers[i + 2]! << 12) | (registers[i + 3]! << 18);
    bytes[at] = four;
    bytes[at + 1] = four >>> 8;
    bytes[at + 2] = four >>> 16;
  }
  return bytes;
}

function unpacked(bytes: Uint8Array): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  for (let i = 0, at = 0; i < REGISTERS; i += 4, at += 3) {
    const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    registers[i] = four & 63;
    registers[i + 1] = (four >>> 6) & 63;
    registers[i + 2] = (four >>> 12) & 63;
    registers[i + 3] = (four >>> 18) & 63;
  }
  return registers;
}
