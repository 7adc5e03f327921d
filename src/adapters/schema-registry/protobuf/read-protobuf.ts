import { Enum, type Field, MapField, Type } from 'protobufjs';
import { PoisonRecordError } from '../../../core/errors';
import type { JsonValue } from '../../../core/json';
import { instantText } from '../logical-text';
import { converters } from '../converters';
import { setProperty } from '../plain';

/** What protobufjs reads, with 64-bit integers and bytes as text, in plain JSON. Throws PoisonRecordError `not-decodable`. */
export type FromProtobuf = (value: never) => JsonValue;

const LONGS = ['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64'];
const WRAPPER = /^\.google\.protobuf\.(Double|Float|Int64|UInt64|Int32|UInt32|Bool|String|Bytes)Value$/;
const NANOS = 1_000_000_000n;

export function isWrapper(type: Type): boolean {
  return WRAPPER.test(type.fullName);
}

/** The converter of a message. */
export function fromProtobuf(type: Type): FromProtobuf {
  return converters(messageConverter)(type);
}

type Inner = (type: Type) => FromProtobuf;

function messageConverter(type: Type, inner: Inner): FromProtobuf {
  if (type.fullName === '.google.protobuf.Timestamp') return timestampText;
  const fields = type.fieldsArray.map((field) => ({ name: field.name, convert: fieldConverter(field, inner) }));
  const [only] = fields;
  if (isWrapper(type) && only) return (value: Readonly<Record<string, never>>) => only.convert(value[only.name]!);
  return (value: Readonly<Record<string, never>>) => {
    const object: Record<string, JsonValue> = {};
    for (const { name, convert } of fields) {
      if (value[name] !== undefined) setProperty(object, name, value[name] === null ? null : convert(value[name]));
    }
    return object;
  };
}

function fieldConverter(field: Field, inner: Inner): FromProtobuf {
  const convert = valueConverter(field, inner);
  if (field instanceof MapField) {
    return (value: Readonly<Record<string, never>>) => {
      const object: Record<string, JsonValue> = {};
      for (const name of Object.keys(value)) setProperty(object, name, convert(value[name]!));
      return object;
    };
  }
  return field.repeated ? (value: readonly never[]) => value.map((each) => convert(each)) : convert;
}

function valueConverter(field: Field, inner: Inner): FromProtobuf {
  if (field.resolvedType instanceof Type) return inner(field.resolvedType);
  if (field.resolvedType instanceof Enum) return (value) => value;
  if (LONGS.includes(field.type)) return exactInteger;
  return field.type === 'double' || field.type === 'float' ? finite : (value) => value;
}

function exactInteger(text: string): JsonValue {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

function finite(value: number): JsonValue {
  if (Number.isFinite(value)) return value;
  throw new PoisonRecordError('not-decodable', `a field is ${value}: no result could hold it`);
}

function timestampText({ seconds, nanos }: { readonly seconds: string; readonly nanos: number }): JsonValue {
  try {
    return instantText(BigInt(seconds) * NANOS + BigInt(nanos), 1_000_000_000);
  } catch {
    throw new PoisonRecordError('not-decodable', `a timestamp of ${seconds} seconds is in no calendar`);
  }
}
