import type { Type } from 'protobufjs';
import { messageOf, PoisonRecordError } from '../../../core/errors';
import type { Fields } from '../../../core/pipeline/compiled-pipeline';
import { hasBrokenText } from '../plain';
import {
  type ParsedSchema,
  type PayloadReader,
  type PayloadWriter,
  type SchemaDriver,
  SchemaError,
  type WholeSchema,
} from '../schema-driver';
import { Unwritable } from '../unwritable';
import { messagesOf, readMessageIndex, writeMessageIndex } from './message-index';
import { protobufRoot, type ProtobufRoot } from './protobuf-root';
import { fromProtobuf } from './read-protobuf';
import { misread } from './wire-match';
import { toProtobuf } from './write-protobuf';

/** Protocol Buffers, proto2 and proto3, by protobufjs. Fields have the names of the `.proto` text. */
export const protobufDriver: SchemaDriver = { parse: (schema) => new ProtobufSchema(schema) };

/** Fields that a proto3 writer leaves out, because they have their default, are there; those marked optional are not. */
const AS_OBJECT = { longs: String, enums: String, bytes: String, defaults: true };

class ProtobufSchema implements ParsedSchema {
  private readonly parsed: ProtobufRoot;

  constructor(schema: WholeSchema) {
    this.parsed = protobufRoot(schema);
  }

  /** Of the first message. */
  get fieldNames(): readonly string[] {
    return this.messageAt([0])?.fieldsArray.map(({ name }) => name) ?? [];
  }

  payloadReader(reader: ParsedSchema | undefined): PayloadReader {
    if (reader !== undefined && !(reader instanceof ProtobufSchema)) {
      throw new SchemaError('a schema of Protobuf is needed to read Protobuf');
    }
    const readers = new Map<string, PayloadReader>();
    const first = this.messageAt([0]);
    // What cannot be read at all is to be found when the schema is, not at each record.
    if (reader && first) reader.counterpartOf(first);
    return (payload) => {
      const { path, end } = readMessageIndex(payload);
      let read = readers.get(path.join());
      if (!read) readers.set(path.join(), (read = this.messageReader(path, reader)));
      return read(payload.subarray(end));
    };
  }

  payloadWriter(message: string | undefined): PayloadWriter {
    const { type, path } = this.messageToWrite(message);
    const index = writeMessageIndex(path);
    const convert = toProtobuf(type);
    return (fields) => {
      try {
        const bytes = type.encode(type.fromObject(convert(fields) as object)).finish();
        return Buffer.concat([index, bytes]);
      } catch (error) {
        if (error instanceof Unwritable) throw error.asPoison();
        throw new PoisonRecordError('bad-value', `the value cannot be written as Protobuf: ${messageOf(error)}`);
      }
    };
  }

  private messageReader(path: readonly number[], reader: ProtobufSchema | undefined): PayloadReader {
    const written = this.messageAt(path);
    if (!written) {
      const message = `the value is message ${path.join('.')} of its Protobuf schema, which has none there`;
      throw new PoisonRecordError('not-decodable', message);
    }
    try {
      const type = reader ? reader.counterpartOf(written) : written;
      const convert = fromProtobuf(type);
      return (payload) => decode(type, payload, convert as (value: object) => unknown);
    } catch (error) {
      if (error instanceof SchemaError) throw new PoisonRecordError('schema-incompatible', error.message);
      throw error;
    }
  }

  /** The message of the same name, as this schema has it. Throws SchemaError. */
  private counterpartOf(written: Type): Type {
    const name = written.fullName.slice(1);
    const own = this.typeCalled(name);
    if (!own) throw new SchemaError(`the schema to read by has no message ${name}`);
    const field = misread(own, written);
    if (field === undefined) return own;
    throw new SchemaError(`field ${field} of message ${name} is written in another way than it would be read`);
  }

  private messageAt(path: readonly number[]): Type | undefined {
    let messages = messagesOf(this.parsed.own);
    let found: Type | undefined;
    for (const position of path) {
      found = messages[position];
      if (!found) return undefined;
      messages = messagesOf(found);
    }
    return found;
  }

  private messageToWrite(name: string | undefined): { readonly type: Type; readonly path: readonly number[] } {
    const type = name === undefined ? this.messageAt([0]) : this.typeCalled(name);
    if (!type) throw new SchemaError(name === undefined ? 'it has no message' : `it has no message ${name}`);
    const path: number[] = [];
    for (let at = type; ; at = at.parent as Type) {
      path.unshift(messagesOf(at.parent!).indexOf(at));
      if (at.parent === this.parsed.own) return { type, path };
      if (at.parent === this.parsed.root || at.parent === null) {
        throw new SchemaError(`message ${name} is not of this schema, but of one that it uses`);
      }
    }
  }

  private typeCalled(name: string): Type | undefined {
    try {
      return this.parsed.root.lookupType(name);
    } catch {
      return undefined;
    }
  }
}

function decode(type: Type, payload: Uint8Array, convert: (value: object) => unknown): Fields {
  let fields: Fields;
  try {
    fields = convert(type.toObject(type.decode(payload), AS_OBJECT)) as Fields;
  } catch (error) {
    if (error instanceof PoisonRecordError) throw error;
    throw new PoisonRecordError('not-decodable', `the value is no ${type.name} of Protobuf: ${messageOf(error)}`);
  }
  if (hasBrokenText(fields, payload)) throw new PoisonRecordError('not-decodable', 'a text of the value is no UTF-8');
  return fields;
}
