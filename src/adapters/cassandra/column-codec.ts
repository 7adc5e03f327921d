import { types } from 'cassandra-driver';
import type { JsonValue } from '../../core/json';

/** Converts between JSON values and what the driver takes and gives for one CQL type. Null is not passed in. */
export interface ColumnCodec {
  /** Throws RangeError, saying what the type takes, for a value that the type cannot hold. */
  encode(value: JsonValue): unknown;
  decode(stored: unknown): JsonValue;
}

const isText = (value: JsonValue): value is string => typeof value === 'string';

function refuse(type: string, value: JsonValue, takes: string): never {
  throw new RangeError(`a column of type ${type} takes ${takes}, not ${JSON.stringify(value)}`);
}

const text: ColumnCodec = {
  encode: (value) => (isText(value) ? value : JSON.stringify(value)),
  decode: String,
};

function integer(type: string, bits: number): ColumnCodec {
  const limit = 2n ** BigInt(bits - 1);
  const wide = bits > 32;
  const takes = `whole numbers of ${bits} bits`;
  return {
    encode(value) {
      const whole = Number.isInteger(value) || (isText(value) && /^-?\d+$/.test(value));
      if (!whole) refuse(type, value, takes);
      const exact = BigInt(value as number | string);
      if (exact < -limit || exact >= limit) refuse(type, value, takes);
      return wide ? exact : Number(exact);
    },
    decode: (stored) => plainNumber(stored as number | bigint),
  };
}

/** 64-bit values beyond 2^53 stay exact as text. */
function plainNumber(stored: number | bigint): JsonValue {
  const number = Number(stored);
  return Number.isSafeInteger(number) || typeof stored === 'number' ? number : stored.toString();
}

function float(type: string): ColumnCodec {
  return {
    encode: (value) => (typeof value === 'number' ? value : refuse(type, value, 'numbers')),
    decode: Number,
  };
}

const decimal: ColumnCodec = {
  encode(value) {
    if (typeof value !== 'number') return refuse('decimal', value, 'numbers');
    return types.BigDecimal.fromString(Number.isInteger(value) ? BigInt(value).toString() : decimalText(value));
  },
  decode: (stored) => Number(String(stored)),
};

/** `1e-7` as `0.0000001`: the driver's decimal knows no exponents. */
function decimalText(value: number): string {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const places = (digits.split('.')[1]?.length ?? 0) - Number(exponent);
  return exponent === '0' ? digits : value.toFixed(Math.min(places, 100));
}

const boolean: ColumnCodec = {
  encode: (value) => (typeof value === 'boolean' ? value : refuse('boolean', value, 'true and false')),
  decode: Boolean,
};

const timestamp: ColumnCodec = {
  encode(value) {
    const date = new Date(isText(value) || typeof value === 'number' ? value : NaN);
    return Number.isNaN(date.getTime()) ? refuse('timestamp', value, 'ISO 8601 text and epoch milliseconds') : date;
  },
  decode: (stored) => (stored as Date).toISOString(),
};

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

const date: ColumnCodec = {
  encode(value) {
    const valid = isText(value) && DATE.test(value) && !Number.isNaN(Date.parse(value));
    return valid ? types.LocalDate.fromString(value) : refuse('date', value, 'text such as 2013-01-31');
  },
  decode: String,
};

/** Types that the driver parses from text by itself and prints as text. */
function parsed(type: string, parse: (value: string) => unknown, takes: string): ColumnCodec {
  return {
    encode(value) {
      if (!isText(value)) return refuse(type, value, takes);
      try {
        return parse(value);
      } catch {
        return refuse(type, value, takes);
      }
    },
    decode: String,
  };
}

const uuid = parsed('uuid', (value) => types.Uuid.fromString(value), 'UUIDs as text');

/** Codecs of the types that have no arguments. */
export const SCALAR_CODECS: Readonly<Record<string, ColumnCodec>> = {
  text,
  varchar: text,
  ascii: text,
  tinyint: integer('tinyint', 8),
  smallint: integer('smallint', 16),
  int: integer('int', 32),
  bigint: integer('bigint', 64),
  varint: integer('varint', 1024),
  float: float('float'),
  double: float('double'),
  decimal,
  boolean,
  timestamp,
  date,
  time: parsed('time', (value) => types.LocalTime.fromString(value), 'text such as 13:45:00'),
  uuid,
  timeuuid: uuid,
  inet: parsed('inet', (value) => types.InetAddress.fromString(value), 'IP addresses as text'),
};
