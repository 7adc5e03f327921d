import type { JsonValue } from '../../core/json';
import { type ColumnCodec, SCALAR_CODECS } from './column-codec';
import { NO_USER_TYPES, type UserTypes } from './table-schema';

/** Either how to convert values of a CQL type, or why the type cannot be written to and what to use instead. */
export type ColumnTypeAnswer = { readonly codec: ColumnCodec } | { readonly refused: string };

/**
 * The codec of a CQL type as `system_schema` spells it: scalars, frozen types of the keyspace's own, and lists, sets and
 * maps of what can be written. Equal revisions must leave equal cells, so what a second write would add to is refused:
 * counters, unfrozen lists, and types of one's own that are not frozen, of which a null leaves the older field.
 */
export function columnType(cqlType: string, userTypes: UserTypes = NO_USER_TYPES): ColumnTypeAnswer {
  if (userTypes.has(cqlType)) {
    return { refused: `a ${cqlType} that is not frozen keeps fields of older rows: make it frozen<${cqlType}>` };
  }
  if (cqlType.startsWith('list<')) {
    return { refused: `a list that is not frozen grows when a row is written again: make it frozen<${cqlType}>` };
  }
  const codec = codecOf(cqlType, userTypes);
  return codec ? { codec } : { refused: `type ${cqlType} cannot be written to: use text, or a type of the same shape` };
}

function codecOf(cqlType: string, userTypes: UserTypes): ColumnCodec | undefined {
  const scalar = Object.hasOwn(SCALAR_CODECS, cqlType) ? SCALAR_CODECS[cqlType] : undefined;
  if (scalar) return scalar;
  const [, outer, inner = ''] = /^(\w+)<(.*)>$/.exec(cqlType) ?? [];
  if (outer === 'frozen') return codecOf(inner, userTypes);
  if (outer === 'list' || outer === 'set') return listCodec(cqlType, codecOf(inner, userTypes));
  const fields = userTypes.get(cqlType);
  if (fields) return userTypeCodec(cqlType, fields, userTypes);
  const [name, value = ''] = outer === 'map' ? splitArguments(inner) : [];
  return name === 'text' ? mapCodec(cqlType, codecOf(value, userTypes)) : undefined;
}

/** `text, map<text, int>` split at its outer commas. */
function splitArguments(inner: string): readonly string[] {
  let depth = 0;
  let start = 0;
  const args: string[] = [];
  for (let i = 0; i <= inner.length; i += 1) {
    if (inner[i] === '<') depth += 1;
    if (inner[i] === '>') depth -= 1;
    if (i < inner.length && (inner[i] !== ',' || depth > 0)) continue;
    args.push(inner.slice(start, i).trim());
    start = i + 1;
  }
  return args;
}

function listCodec(type: string, element: ColumnCodec | undefined): ColumnCodec | undefined {
  if (!element) return undefined;
  return {
    encode(value) {
      if (!Array.isArray(value))
        throw new RangeError(`a column of type ${type} takes lists, not ${JSON.stringify(value)}`);
      return (value as readonly JsonValue[]).map((item) => element.encode(item));
    },
    decode: (stored) => (stored as readonly unknown[]).map((item) => element.decode(item)),
  };
}

function mapCodec(type: string, element: ColumnCodec | undefined): ColumnCodec | undefined {
  if (!element) return undefined;
  const convert = (map: object, by: (value: never) => unknown) =>
    Object.fromEntries(Object.entries(map).map(([name, value]) => [name, by(value as never)]));
  return {
    encode(value) {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) {
        throw new RangeError(`a column of type ${type} takes objects, not ${JSON.stringify(value)}`);
      }
      return convert(value, element.encode);
    },
    decode: (stored) => convert(stored as object, element.decode) as JsonValue,
  };
}

/** Objects with the type's own fields; one that is missing is null. What the type has no field for is refused, not lost. */
function userTypeCodec(
  type: string,
  fields: readonly (readonly [string, string])[],
  userTypes: UserTypes,
): ColumnCodec | undefined {
  const codecs = new Map<string, ColumnCodec>();
  for (const [name, fieldType] of fields) {
    const codec = codecOf(fieldType, userTypes);
    if (!codec) return undefined;
    codecs.set(name, codec);
  }
  const takes = `objects of ${fields.map(([name]) => name).join(', ')}`;
  const convert = (by: (codec: ColumnCodec, name: string) => unknown) =>
    Object.fromEntries([...codecs].map(([name, codec]) => [name, by(codec, name)]));
  return {
    encode(value) {
      const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
      if (!isObject || Object.keys(value).some((name) => !codecs.has(name))) {
        throw new RangeError(`a column of type ${type} takes ${takes}, not ${JSON.stringify(value)}`);
      }
      const object = value as Readonly<Record<string, JsonValue>>;
      return convert((codec, name) => orNull(object[name], (value) => codec.encode(value)));
    },
    decode: (stored) => {
      const object = stored as Readonly<Record<string, unknown>>;
      return convert((codec, name) => orNull(object[name], (value) => codec.decode(value))) as JsonValue;
    },
  };
}

function orNull<T, R>(value: T | null | undefined, convert: (value: T) => R): R | null {
  return value === null || value === undefined ? null : convert(value);
}
