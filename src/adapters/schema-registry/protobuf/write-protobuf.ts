import { Enum, type Field, MapField, Type } from 'protobufjs';
import { instantCount } from '../logical-text';
import { converters } from '../converters';
import { bytesOfBase64, integerOf } from '../plain';
import { objectOf, refuse, Unwritable } from '../unwritable';
import { isWrapper } from './read-protobuf';

/** Plain JSON as protobufjs writes it; `undefined` for what is left out. Throws Unwritable. */
export type ToProtobuf = (value: unknown) => unknown;

const signed = (bits: bigint) => ({ least: -(2n ** (bits - 1n)), most: 2n ** (bits - 1n) - 1n });
const unsigned = (bits: bigint) => ({ least: 0n, most: 2n ** bits - 1n });
const INTEGERS: Readonly<Record<string, { readonly least: bigint; readonly most: bigint }>> = {
  ...Object.fromEntries(['int32', 'sint32', 'sfixed32'].map((name) => [name, signed(32n)])),
  ...Object.fromEntries(['int64', 'sint64', 'sfixed64'].map((name) => [name, signed(64n)])),
  ...Object.fromEntries(['uint32', 'fixed32'].map((name) => [name, unsigned(32n)])),
  ...Object.fromEntries(['uint64', 'fixed64'].map((name) => [name, unsigned(64n)])),
};

export function toProtobuf(type: Type): ToProtobuf {
  return converters(messageConverter)(type);
}

type Inner = (type: Type) => ToProtobuf;

/** What the schema does not name is left out, and so is null. */
function messageConverter(type: Type, inner: Inner): ToProtobuf {
  if (type.fullName === '.google.protobuf.Timestamp') return timestamp;
  const fields = type.fieldsArray.map((field) => ({ field, convert: fieldConverter(field, inner) }));
  const [only] = fields;
  if (isWrapper(type) && only) return (value) => ({ [only.field.name]: only.convert(value) });
  return (value) => {
    const object = objectOf(value);
    const message: Record<string, unknown> = {};
    for (const { field, convert } of fields) {
      const own = Object.hasOwn(object, field.name) ? object[field.name] : undefined;
      if (own !== undefined && own !== null) message[field.name] = Unwritable.at(field.name, () => convert(own));
      else if (field.required) Unwritable.at(field.name, () => refuse(undefined, 'a value'));
    }
    return message;
  };
}

function fieldConverter(field: Field, inner: Inner): ToProtobuf {
  const convert = valueConverter(field, inner);
  if (field instanceof MapField) {
    return (value) =>
      Object.fromEntries(
        Object.entries(objectOf(value)).map(([name, each]) => [name, Unwritable.at(name, () => convert(each))]),
      );
  }
  if (!field.repeated) return convert;
  return (value) => {
    if (!Array.isArray(value)) return refuse(value, 'a list');
    return value.map((each, i) => Unwritable.at(String(i), () => convert(each)));
  };
}

function valueConverter(field: Field, inner: Inner): ToProtobuf {
  if (field.resolvedType instanceof Type) return inner(field.resolvedType);
  if (field.resolvedType instanceof Enum) return enumNumber(field.resolvedType);
  const range = INTEGERS[field.type];
  if (range) {
    const bits = field.type.replace(/\D+/, '');
    return (value) =>
      integerOf(value, range.least, range.most)?.toString() ?? refuse(value, `an integer of ${bits} bits`);
  }
  switch (field.type) {
    case 'bool':
      return (value) => (typeof value === 'boolean' ? value : refuse(value, 'a boolean'));
    case 'string':
      return (value) => (typeof value === 'string' ? value : refuse(value, 'text'));
    case 'bytes':
      return (value) => bytesOfBase64(value) ?? refuse(value, 'bytes as base64');
    default:
      return (value) => (typeof value === 'number' && Number.isFinite(value) ? value : refuse(value, 'a number'));
  }
}

function enumNumber({ values }: Enum): ToProtobuf {
  return (value) => {
    const number = Object.hasOwn(values, String(value)) ? values[String(value)] : undefined;
    return number ?? refuse(value, `one of ${Object.keys(values).join(', ')}`);
  };
}

function timestamp(value: unknown): unknown {
  const count = instantCount(String(value), 1_000_000_000) ?? refuse(value, 'ISO 8601 text in UTC');
  const nanos = ((count % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return { seconds: ((count - nanos) / 1_000_000_000n).toString(), nanos: Number(nanos) };
}
