import type { Type, types } from 'avsc';
import { PoisonRecordError } from '../../../core/errors';
import type { JsonValue } from '../../../core/json';
import { bigintOf, dateText, decimalValue, instantText, timeText } from '../logical-text';
import { converters } from '../converters';
import { base64Of, integerValue, setProperty } from '../plain';
import { SchemaError } from '../schema-driver';
import { TaggedType } from './avro-type';

/** What avsc reads, in plain JSON. Throws PoisonRecordError `not-decodable`. */
export type FromAvro = (value: never) => JsonValue;

const PER_SECOND = { millis: 1_000, micros: 1_000_000, nanos: 1_000_000_000 } as const;

/** The converter of a type. */
export function fromAvro(type: Type): FromAvro {
  return converters(converterOf)(type);
}

function converterOf(type: Type, inner: (type: Type) => FromAvro): FromAvro {
  if (type instanceof TaggedType) return logical(type, inner);
  switch (type.typeName) {
    case 'null':
    case 'boolean':
    case 'int':
    case 'string':
    case 'enum':
      return (value) => value;
    case 'float':
    case 'double':
      return finite;
    case 'long':
    case 'abstract:long':
      return integerValue;
    case 'bytes':
    case 'fixed':
      return base64Of;
    default:
      return compound(type, inner);
  }
}

function finite(value: number): JsonValue {
  if (Number.isFinite(value)) return value;
  throw new PoisonRecordError('not-decodable', `a field is ${value}: no result could hold it`);
}

function compound(type: Type, inner: (type: Type) => FromAvro): FromAvro {
  switch (type.typeName) {
    case 'record':
    case 'error':
      return record(type as types.RecordType, inner);
    case 'array': {
      const item = inner((type as types.ArrayType).itemsType);
      return (value: readonly never[]) => value.map((each) => item(each));
    }
    case 'map': {
      const item = inner((type as types.MapType).valuesType as Type);
      return (value: Readonly<Record<string, never>>) => {
        const object: Record<string, JsonValue> = {};
        for (const name of Object.keys(value)) setProperty(object, name, item(value[name]!));
        return object;
      };
    }
    case 'union:wrapped':
      return union(type as types.WrappedUnionType, inner);
    default:
      throw new SchemaError(`Avro type ${type.typeName} is not known`);
  }
}

function record(type: types.RecordType, inner: (type: Type) => FromAvro): FromAvro {
  const fields = type.fields.map(({ name, type: fieldType }) => ({ name, convert: inner(fieldType) }));
  return (value: Readonly<Record<string, never>>) => {
    const object: Record<string, JsonValue> = {};
    for (const { name, convert } of fields) setProperty(object, name, convert(value[name]!));
    return object;
  };
}

function union(type: types.WrappedUnionType, inner: (type: Type) => FromAvro): FromAvro {
  const branches = new Map(type.types.map((branch) => [branch.branchName!, inner(branch)]));
  return (value: Readonly<Record<string, never>> | null) => {
    if (value === null) return null;
    const [name] = Object.keys(value);
    return branches.get(name!)!(value[name!]!);
  };
}

function logical(type: TaggedType, inner: (type: Type) => FromAvro): FromAvro {
  const { logicalType, scale = 0 } = type.attributes;
  const isBytes = ['bytes', 'fixed'].includes(type.underlyingType.typeName);
  const [, kind = logicalType, unit = 'millis'] = /^(.+)-(millis|micros|nanos)$/.exec(logicalType) ?? [];
  const perSecond = PER_SECOND[unit as keyof typeof PER_SECOND];
  switch (kind) {
    case 'decimal':
      return (value: Uint8Array) => decimalValue(bigintOf(value), scale);
    case 'date':
      return dateText;
    case 'time':
      return (value: number) => timeText(value, perSecond as 1_000);
    case 'timestamp':
      return (value: number | bigint) => instantText(value, perSecond);
    case 'local-timestamp':
      return (value: number | bigint) => instantText(value, perSecond).slice(0, -1);
    case 'duration':
      return durationOf;
    case 'uuid':
      return isBytes ? uuidOf : inner(type.underlyingType);
    default:
      return inner(type.underlyingType);
  }
}

/** The specification's fixed of 12 bytes: months, days and milliseconds, the lowest byte first. */
function durationOf(value: Uint8Array): JsonValue {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return { months: view.getUint32(0, true), days: view.getUint32(4, true), milliseconds: view.getUint32(8, true) };
}

function uuidOf(value: Uint8Array): JsonValue {
  return Buffer.from(value)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
