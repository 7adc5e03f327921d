import type { Type, types } from 'avsc';
import { bytesOfBigint, dateDays, instantCount, timeCount, unscaledOf } from '../logical-text';
import { converters } from '../converters';
import { bytesOfBase64, integerOf } from '../plain';
import { objectOf, refuse, Unwritable } from '../unwritable';
import { TaggedType } from './avro-type';

/** Plain JSON as avsc writes it. Throws Unwritable. */
export type ToAvro = (value: unknown) => unknown;

const LONG = { least: -(2n ** 63n), most: 2n ** 63n - 1n };
const INT = { least: -(2n ** 31n), most: 2n ** 31n - 1n };

export function toAvro(type: Type): ToAvro {
  return converters(converterOf)(type);
}

function converterOf(type: Type, inner: (type: Type) => ToAvro): ToAvro {
  if (type instanceof TaggedType) return logical(type, inner);
  switch (type.typeName) {
    case 'null':
      return (value) => (value === null || value === undefined ? null : refuse(value, 'null'));
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : refuse(value, 'a boolean'));
    case 'int':
      return (value) => Number(integerOf(value, INT.least, INT.most) ?? refuse(value, 'an integer of 32 bits'));
    case 'long':
    case 'abstract:long':
      return (value) => integerOf(value, LONG.least, LONG.most) ?? refuse(value, 'an integer of 64 bits');
    case 'float':
    case 'double':
      return (value) => (typeof value === 'number' && Number.isFinite(value) ? value : refuse(value, 'a number'));
    case 'string':
      return (value) => (typeof value === 'string' ? value : refuse(value, 'text'));
    case 'bytes':
      return (value) => bytesOfBase64(value) ?? refuse(value, 'bytes as base64');
    case 'fixed':
      return fixed((type as types.FixedType).size);
    case 'enum':
      return symbol((type as types.EnumType).symbols);
    default:
      return compound(type, inner);
  }
}

function fixed(size: number): ToAvro {
  return (value) => {
    const bytes = bytesOfBase64(value);
    return bytes?.length === size ? bytes : refuse(value, `${size} bytes as base64`);
  };
}

function symbol(symbols: readonly string[]): ToAvro {
  return (value) => (symbols.includes(value as string) ? value : refuse(value, `one of ${symbols.join(', ')}`));
}

function compound(type: Type, inner: (type: Type) => ToAvro): ToAvro {
  switch (type.typeName) {
    case 'array':
      return list(inner((type as types.ArrayType).itemsType));
    case 'map':
      return map(inner((type as types.MapType).valuesType as Type));
    case 'union:wrapped':
      return union((type as types.WrappedUnionType).types, inner);
    default:
      return record(type as types.RecordType, inner);
  }
}

function list(item: ToAvro): ToAvro {
  return (value) => {
    if (!Array.isArray(value)) return refuse(value, 'a list');
    return value.map((each, i) => Unwritable.at(String(i), () => item(each)));
  };
}

function map(item: ToAvro): ToAvro {
  return (value) => {
    const object = objectOf(value);
    return Object.fromEntries(Object.keys(object).map((name) => [name, Unwritable.at(name, () => item(object[name]))]));
  };
}

/** Fields that the value does not have get their defaults; what the schema does not name is left out. */
function record(type: types.RecordType, inner: (type: Type) => ToAvro): ToAvro {
  const fields = type.fields.map((field) => ({ name: field.name, convert: inner(field.type), field }));
  return (value) => {
    const object = objectOf(value);
    const result: Record<string, unknown> = {};
    for (const { name, convert, field } of fields) {
      const own = Object.hasOwn(object, name) ? object[name] : undefined;
      const fallback: unknown = own === undefined ? field.defaultValue() : undefined;
      result[name] = fallback === undefined ? Unwritable.at(name, () => convert(own)) : fallback;
    }
    return result;
  };
}

/** The first branch that takes the value. */
function union(branches: readonly Type[], inner: (type: Type) => ToAvro): ToAvro {
  const writers = branches.map((branch) => ({ name: branch.branchName!, convert: inner(branch) }));
  return (value) => {
    let last: Unwritable | undefined;
    for (const { name, convert } of writers) {
      try {
        const converted = convert(value);
        return name === 'null' ? null : { [name]: converted };
      } catch (error) {
        if (!(error instanceof Unwritable)) throw error;
        last = error;
      }
    }
    // With null and one other type, the other one's complaint says more.
    if (last && writers.length <= 2 && value !== null && value !== undefined) throw last;
    return refuse(value, `one of ${writers.map(({ name }) => name).join(', ')}`);
  };
}

function logical(type: TaggedType, inner: (type: Type) => ToAvro): ToAvro {
  const { logicalType } = type.attributes;
  switch (logicalType) {
    case 'decimal':
      return decimal(type);
    case 'date':
      return (value) => dateDays(String(value)) ?? refuse(value, 'a date such as 2013-01-31');
    case 'time-millis':
    case 'time-micros':
      return (value) =>
        timeCount(String(value), logicalType === 'time-millis' ? 1_000 : 1_000_000) ??
        refuse(value, 'a time such as 23:59:59.999');
    case 'duration':
      return durationBytes;
    case 'uuid':
      return uuid(type, inner(type.underlyingType));
    default:
      return instant(logicalType);
  }
}

function decimal({ attributes, underlyingType }: TaggedType): ToAvro {
  const { precision = 0, scale = 0 } = attributes;
  const size = underlyingType.typeName === 'fixed' ? (underlyingType as types.FixedType).size : undefined;
  const wanted = `a decimal of at most ${precision} digits, ${scale} of them after the point`;
  return (value) => {
    const unscaled = unscaledOf(value, scale);
    if (unscaled === undefined || unscaled.toString().replace('-', '').length > precision) return refuse(value, wanted);
    const bytes = bytesOfBigint(unscaled, size);
    return bytes ? Buffer.from(bytes) : refuse(value, wanted);
  };
}

function instant(logicalType: string): ToAvro {
  const perSecond = logicalType.endsWith('millis') ? 1_000 : logicalType.endsWith('micros') ? 1_000_000 : 1_000_000_000;
  return (value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
    return instantCount(String(value), perSecond) ?? refuse(value, 'ISO 8601 text in UTC');
  };
}

function uuid({ underlyingType }: TaggedType, text: ToAvro): ToAvro {
  if (underlyingType.typeName === 'string') return text;
  return (value) => {
    const hex = String(value).replaceAll('-', '');
    return /^[0-9a-f]{32}$/i.test(hex) ? Buffer.from(hex, 'hex') : refuse(value, 'a UUID');
  };
}

function durationBytes(value: unknown): Buffer {
  const bytes = Buffer.alloc(12);
  const object = objectOf(value);
  ['months', 'days', 'milliseconds'].forEach((name, i) => {
    const part = integerOf(object[name], 0n, 2n ** 32n - 1n) ?? refuse(object[name], `${name} of 32 bits`);
    bytes.writeUInt32LE(Number(part), i * 4);
  });
  return bytes;
}
