import type { JsonValue } from '../../core/json';
import { type ColumnCodec, SCALAR_CODECS } from './column-codec';

/** Either how to convert values of a CQL type, or why the type cannot be written to and what to use instead. */
export type ColumnTypeAnswer = { readonly codec: ColumnCodec } | { readonly refused: string };

/**
 * The codec of a CQL type as `system_schema` spells it: scalars, and lists, sets and maps of what can be written.
 * Equal revisions must leave equal cells, so what a second write would add to is refused: counters and unfrozen lists.
 */
export function columnType(cqlType: string): ColumnTypeAnswer {
  if (cqlType.startsWith('list<')) {
    return { refused: `a list that is not frozen grows when a row is written again: make it frozen<${cqlType}>` };
  }
  const codec = codecOf(cqlType);
  return codec ? { codec } : { refused: `type ${cqlType} cannot be written to: use text, or a type of the same shape` };
}

function codecOf(cqlType: string): ColumnCodec | undefined {
  const scalar = Object.hasOwn(SCALAR_CODECS, cqlType) ? SCALAR_CODECS[cqlType] : undefined;
  if (scalar) return scalar;
  const [, outer, inner = ''] = /^(\w+)<(.*)>$/.exec(cqlType) ?? [];
  if (outer === 'frozen') return codecOf(inner);
  if (outer === 'list' || outer === 'set') return listCodec(cqlType, codecOf(inner));
  const [name, value = ''] = outer === 'map' ? splitArguments(inner) : [];
  return name === 'text' ? mapCodec(cqlType, codecOf(value)) : undefined;
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
