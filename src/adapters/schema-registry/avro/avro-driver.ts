import type { Resolver, Type, types } from 'avsc';
import { kindOf } from '../../../core/decoding/displayed';
import { messageOf, PoisonRecordError } from '../../../core/errors';
import type { JsonValue } from '../../../core/json';
import type { Fields } from '../../../core/pipeline/compiled-pipeline';
import { hasBrokenText } from '../plain';
import {
  type ParsedSchema,
  type PayloadReader,
  type PayloadWriter,
  type SchemaDriver,
  SchemaError,
} from '../schema-driver';
import { Unwritable } from '../unwritable';
import { avroType } from './avro-type';
import { boundBlocks } from './bounded-blocks';
import { fromAvro, type FromAvro } from './read-avro';
import { toAvro } from './write-avro';

boundBlocks();

/** Avro's binary encoding and its rules of schema resolution, by avsc. */
export const avroDriver: SchemaDriver = { parse: (schema) => new AvroSchema(avroType(schema)) };

class AvroSchema implements ParsedSchema {
  private readonly convert: FromAvro;

  constructor(private readonly type: Type) {
    this.convert = fromAvro(type);
  }

  get fieldNames(): readonly string[] | undefined {
    return this.type.typeName === 'record' ? (this.type as types.RecordType).fields.map(({ name }) => name) : [];
  }

  payloadReader(reader: ParsedSchema | undefined): PayloadReader {
    const expected = reader ?? this;
    if (!(expected instanceof AvroSchema)) throw new SchemaError('a schema of Avro is needed to read Avro');
    const { type, convert } = expected;
    const resolver = expected === this ? undefined : resolverOf(type, this.type);
    return (payload) => fieldsOf(convert(decode(type, payload, resolver) as never), payload);
  }

  payloadWriter(): PayloadWriter {
    const convert = toAvro(this.type);
    return (fields) => {
      try {
        return this.type.toBuffer(convert(fields));
      } catch (error) {
        if (error instanceof Unwritable) throw error.asPoison();
        throw new PoisonRecordError('bad-value', `the value cannot be written as Avro: ${messageOf(error)}`);
      }
    };
  }
}

function resolverOf(reader: Type, writer: Type): Resolver {
  try {
    return reader.createResolver(writer);
  } catch (error) {
    throw new SchemaError(messageOf(error).replace(/\s+/g, ' '));
  }
}

function decode(type: Type, payload: Uint8Array, resolver: Resolver | undefined): unknown {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  try {
    return type.fromBuffer(bytes, resolver, false);
  } catch (error) {
    throw new PoisonRecordError('not-decodable', `the value is not what its Avro schema says: ${messageOf(error)}`);
  }
}

function fieldsOf(value: JsonValue, payload: Uint8Array): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PoisonRecordError('not-decodable', `the value is ${kindOf(value)}, an Avro record is needed`);
  }
  if (hasBrokenText(value, payload)) throw new PoisonRecordError('not-decodable', 'a text of the value is no UTF-8');
  return value as Fields;
}
