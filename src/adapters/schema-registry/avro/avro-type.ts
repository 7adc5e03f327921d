import { type Schema, Type, types } from 'avsc';
import { messageOf } from '../../../core/errors';
import { SchemaError, type WholeSchema } from '../schema-driver';

export interface LogicalAttributes {
  readonly logicalType: string;
  readonly precision?: number;
  readonly scale?: number;
}

/** Keeps what the schema says of a value and leaves the value as it is: what it stands for is for the converters to say. */
export class TaggedType extends types.LogicalType {
  readonly attributes: LogicalAttributes;

  constructor(schema: Schema, options: object) {
    super(schema, options);
    this.attributes = schema as unknown as LogicalAttributes;
    if (this.attributes.logicalType === 'decimal') checkDecimal(this.attributes);
    // avsc makes the type underneath without asking the hook below.
    if (this.underlyingType.typeName === 'long') Reflect.set(this, '_underlyingType', longType);
  }

  protected override _fromValue(value: unknown): unknown {
    return value;
  }

  protected override _toValue(value: unknown): unknown {
    return value;
  }

  /** The specification: decimals match when scale and precision do, other logical types when they are the same. */
  protected override _resolve(writer: Type): ((value: unknown) => unknown) | undefined {
    if (!(writer instanceof TaggedType)) return undefined;
    const [own, others] = [this.attributes, writer.attributes];
    const isSame = own.logicalType === others.logicalType && (own.scale ?? 0) === (others.scale ?? 0);
    return isSame && this.underlyingType.equals(writer.underlyingType) ? (value) => value : undefined;
  }
}

const TAGGED = [
  ...['decimal', 'uuid', 'date', 'time-millis', 'time-micros', 'duration'],
  ...['timestamp-millis', 'timestamp-micros', 'timestamp-nanos'],
  ...['local-timestamp-millis', 'local-timestamp-micros', 'local-timestamp-nanos'],
];
const LOGICAL_TYPES = Object.fromEntries(TAGGED.map((name) => [name, TaggedType]));

/** Longs of any size: a number while it is exact, else a bigint. */
const longType = types.LongType.__with({
  fromBuffer: (buffer: Buffer) => fromLong(buffer.readBigInt64LE()),
  toBuffer: (value: number | bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(BigInt(value));
    return buffer;
  },
  fromJSON: (value: number | bigint) => value,
  toJSON: (value: number | bigint) => Number(value),
  isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
  compare: (left: number | bigint, right: number | bigint) => (left < right ? -1 : left > right ? 1 : 0),
});

function fromLong(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The type of a schema, unions always wrapped. Throws SchemaError. */
export function avroType({ text, uses }: WholeSchema): Type {
  const registry: Record<string, Type> = { long: longType };
  for (const used of uses) typeOf(used.text, registry, `the schema ${used.name} that it uses`);
  return typeOf(text, registry, 'it');
}

function typeOf(text: string, registry: Record<string, Type>, what: string): Type {
  const options = {
    registry,
    wrapUnions: true,
    logicalTypes: LOGICAL_TYPES,
    omitRecordMethods: true,
    typeHook: anyLong,
  };
  try {
    return Type.forSchema(JSON.parse(text) as Schema, options);
  } catch (error) {
    throw new SchemaError(`${what} is no Avro schema: ${messageOf(error)}`);
  }
}

/** `{ "type": "long" }`; the plain `"long"` is in the registry of names. */
function anyLong(schema: Schema): Type | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return undefined;
  const { type, logicalType } = schema as { readonly type?: unknown; readonly logicalType?: unknown };
  return type === 'long' && logicalType === undefined ? longType : undefined;
}

function checkDecimal({ precision = 0, scale = 0 }: LogicalAttributes): void {
  const isRight = Number.isInteger(precision) && Number.isInteger(scale) && precision > 0 && scale >= 0;
  if (!isRight || scale > precision) throw new Error(`a decimal of precision ${precision} cannot have scale ${scale}`);
}
