import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { anyArgument } from './parameter';
import type { JsonValue } from '../json';
import type { Aggregator } from './aggregator';
import type { ByteReader, ByteWriter } from './bytes';
import { addHash, estimate, mergeRegisters, readRegisters, REGISTERS, writeRegisters } from './hyper-log-log';
import { hashOf } from './value-hash';
import { expectVersion } from './version';

const VERSION = 1;
/** Up to here hashes are kept, and the count is exact. */
const MOST_EXACT = 256;
const STATE_BYTES = 250;
const HASH_BYTES = 40;
const EXACT = 0;
const ESTIMATED = 1;

interface DistinctState {
  /** The hashes of all values, while there are no registers. */
  readonly hashes: Set<number>;
  registers: Uint8Array | undefined;
}

function addOne(state: DistinctState, hash: number): void {
  if (state.registers) return addHash(state.registers, hash);
  state.hashes.add(hash);
  if (state.hashes.size > MOST_EXACT) toRegisters(state);
}

function toRegisters(state: DistinctState): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  for (const hash of state.hashes) addHash(registers, hash);
  state.hashes.clear();
  state.registers = registers;
  return registers;
}

function merge(into: DistinctState, from: DistinctState): void {
  if (from.registers) mergeRegisters(into.registers ?? toRegisters(into), from.registers);
  else for (const hash of from.hashes) addOne(into, hash);
}

function write(state: DistinctState, writer: ByteWriter): void {
  writer.uint8(state.registers ? ESTIMATED : EXACT);
  if (state.registers) return writeRegisters(writer, state.registers);
  writer.varint(state.hashes.size);
  for (const hash of state.hashes) writer.float64(hash);
}

function read(reader: ByteReader): DistinctState {
  if (reader.uint8() === ESTIMATED) return { hashes: new Set(), registers: readRegisters(reader) };
  const hashes = new Set<number>();
  for (let left = reader.varint(); left > 0; left--) hashes.add(reader.float64());
  return { hashes, registers: undefined };
}

/**
 * `distinct(x)`: how many different values; exact up to 256 of them (but for a chance of 4e-12 that two have one hash),
 * then HyperLogLog with a standard error of 0.81 %. Values are equal if their JSON is, whatever the order of properties:
 * `1` and `"1"` differ. Space: 40 bytes a value up to 256, then 16 KiB; stored in at most 12 KiB.
 * Sources: P. Flajolet, E. Fusy, O. Gandouet, F. Meunier, "HyperLogLog" (2007); O. Ertl (2017) for the estimate.
 */
const distinctAggregator: Aggregator<DistinctState, JsonValue> = {
  name: 'distinct',
  init: () => ({ hashes: new Set(), registers: undefined }),
  add: (state, value) => addOne(state, hashOf(value)),
  merge,
  result: ({ hashes, registers }) => (registers ? Math.round(estimate(registers)) : hashes.size),
  encode: (state, writer) => {
    writer.uint8(VERSION);
    write(state, writer);
  },
  decode: (reader) => {
    expectVersion(reader, 'distinct', VERSION);
    return read(reader);
  },
  sizeBytes: ({ hashes, registers }) => STATE_BYTES + (registers ? REGISTERS : hashes.size * HASH_BYTES),
};

export const distinct: AggregateDefinition = defineAggregate({
  name: 'distinct',
  commutes: true,
  parameters: [anyArgument('x')],
  result: 'whole number',
  guarantee: 'exact up to 256 different values, then HyperLogLog: standard error 0.81 %',
  space: '8 bytes a value up to 256, then at most 12 KiB (16 KiB in memory)',
  create: () => distinctAggregator,
});
