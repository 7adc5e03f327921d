import { type NamespaceBase, Type } from 'protobufjs';
import { PoisonRecordError } from '../../../core/errors';

/**
 * Which message of its schema a value is: a path of positions, each among the messages of the one before. Source:
 * Confluent's wire format: their number and each of them as zigzag varints; a single 0 for the path [0].
 */
export function readMessageIndex(payload: Uint8Array): { readonly path: readonly number[]; readonly end: number } {
  const count = readZigzag(payload, 0);
  if (count.value === 0) return { path: [0], end: count.end };
  if (count.value < 0 || count.value > payload.length) throw broken();
  const path: number[] = [];
  let { end } = count;
  for (let i = 0; i < count.value; i++) {
    const position = readZigzag(payload, end);
    path.push(position.value);
    end = position.end;
  }
  return { path, end };
}

export function writeMessageIndex(path: readonly number[]): Uint8Array {
  if (path.length === 1 && path[0] === 0) return Uint8Array.of(0);
  return Uint8Array.from([path.length, ...path].flatMap(zigzag));
}

/** The messages that `namespace` declares, in their order. */
export function messagesOf(namespace: NamespaceBase): readonly Type[] {
  return namespace.nestedArray.filter((part) => part instanceof Type);
}

function readZigzag(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) throw broken();
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: (value >>> 1) ^ -(value & 1), end: at };
  }
  throw broken();
}

function zigzag(value: number): number[] {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

function broken(): PoisonRecordError {
  return new PoisonRecordError('not-decodable', 'the value does not say which message of its Protobuf schema it is');
}
