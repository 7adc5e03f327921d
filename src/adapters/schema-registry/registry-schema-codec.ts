import { ConfigError, PoisonRecordError } from '../../core/errors';
import { HEADER_BYTES, withSchemaId } from '../../core/decoding/schema-header';
import type { Clock } from '../../core/ports/clock.port';
import type {
  SchemaCodec,
  SchemaReading,
  SchemaWriting,
  ValueDecoder,
  ValueEncoder,
} from '../../core/ports/schema-codec.port';
import type { SchemaFormat, SchemaRegistry, SchemaText } from '../../core/ports/schema-registry.port';
import { DRIVERS } from './drivers';
import { type ParsedSchema, SchemaError } from './schema-driver';
import { wholeSchema } from './whole-schema';

/** Ids of which the schema is kept, parsed. */
const MAX_SCHEMAS = 1_000;
/** How long an id that the registry does not know is not asked for again. */
const UNKNOWN_MS = 10_000;
/** A schema that is registered meanwhile is written by after this time at the latest. */
const ENCODER_MS = 10_000;

interface WrittenSchema {
  readonly format: SchemaFormat;
  readonly parsed: ParsedSchema;
}

/**
 * Reads and writes values in Confluent's wire format. Schemas are asked for once by id, whatever asks for them, and kept:
 * what has an id never changes.
 */
export class RegistrySchemaCodec implements SchemaCodec {
  /** By id; a promise, so that tasks that meet a new schema at the same time ask once. */
  private readonly written = new Map<number, Promise<WrittenSchema>>();
  private readonly unknownUntilMs = new Map<number, number>();
  private readonly encoders = new Map<string, { readonly encoder: Promise<ValueEncoder>; readonly untilMs: number }>();

  constructor(
    private readonly registry: SchemaRegistry,
    private readonly clock: Clock,
  ) {}

  async decoderOf(id: number, reading: SchemaReading): Promise<ValueDecoder> {
    const { format, parsed } = await this.schemaOf(id);
    if (format !== reading.format) {
      throw incompatible(id, `it is ${format}, and the pipeline reads ${reading.format}`);
    }
    const reader = await this.readerOf(reading);
    try {
      const read = parsed.payloadReader(reader);
      return (value) => read(value.subarray(HEADER_BYTES));
    } catch (error) {
      if (error instanceof SchemaError) throw incompatible(id, error.message);
      throw error;
    }
  }

  encoderFor(writing: SchemaWriting): Promise<ValueEncoder> {
    const key = JSON.stringify(writing);
    const nowMs = this.clock.now();
    const known = this.encoders.get(key);
    if (known && nowMs < known.untilMs) return known.encoder;
    const encoder = this.makeEncoder(writing);
    this.encoders.set(key, { encoder, untilMs: nowMs + ENCODER_MS });
    if (this.encoders.size > MAX_SCHEMAS) this.encoders.delete(this.encoders.keys().next().value!);
    encoder.catch(() => this.encoders.delete(key));
    return encoder;
  }

  private async makeEncoder({ format, subject, schema, message }: SchemaWriting): Promise<ValueEncoder> {
    const { id, ...written } = await this.schemaToWrite(format, subject, schema);
    if (written.format !== format) {
      throw new ConfigError(`The latest schema of subject ${subject} is ${written.format}, and ${format} is written`);
    }
    try {
      const parsed = DRIVERS[format].parse(await wholeSchema(written, this.registry));
      const write = parsed.payloadWriter(message);
      return { schemaId: id, encode: (fields) => withSchemaId(id, write(fields)) };
    } catch (error) {
      if (error instanceof SchemaError) throw new ConfigError(`The schema of subject ${subject}: ${error.message}`);
      throw error;
    }
  }

  private async schemaToWrite(
    format: SchemaFormat,
    subject: string,
    text: string | undefined,
  ): Promise<SchemaText & { readonly id: number }> {
    if (text !== undefined) {
      const schema = { format, text, references: [] };
      return { ...schema, id: await this.registry.register(subject, schema) };
    }
    const latest = await this.registry.version(subject, 'latest');
    if (latest) return latest;
    throw new ConfigError(`Subject ${subject} has no schema: register one, or give it in the definition`);
  }

  /** Throws PoisonRecordError `schema-unknown`, `schema-incompatible`. */
  private schemaOf(id: number): Promise<WrittenSchema> {
    if ((this.unknownUntilMs.get(id) ?? 0) > this.clock.now()) return Promise.reject(unknown(id));
    let schema = this.written.get(id);
    if (!schema) {
      schema = this.ask(id);
      this.written.set(id, schema);
      if (this.written.size > MAX_SCHEMAS) this.written.delete(this.written.keys().next().value!);
      schema.catch(() => this.written.delete(id));
    }
    return schema;
  }

  private async ask(id: number): Promise<WrittenSchema> {
    const schema = await this.registry.byId(id);
    if (!schema) {
      this.unknownUntilMs.set(id, this.clock.now() + UNKNOWN_MS);
      if (this.unknownUntilMs.size > MAX_SCHEMAS) {
        this.unknownUntilMs.delete(this.unknownUntilMs.keys().next().value!);
      }
      throw unknown(id);
    }
    try {
      return { format: schema.format, parsed: DRIVERS[schema.format].parse(await wholeSchema(schema, this.registry)) };
    } catch (error) {
      if (error instanceof SchemaError) throw incompatible(id, error.message);
      throw error;
    }
  }

  private async readerOf({ format, reader }: SchemaReading): Promise<ParsedSchema | undefined> {
    if (!reader) return undefined;
    const schema = 'text' in reader ? { format, text: reader.text, references: [] } : await this.versionOf(reader);
    if (schema.format !== format) {
      throw new ConfigError(`The schema that the pipeline reads by is ${schema.format}, and its format is ${format}`);
    }
    try {
      return DRIVERS[format].parse(await wholeSchema(schema, this.registry));
    } catch (error) {
      if (error instanceof SchemaError)
        throw new ConfigError(`The schema that the pipeline reads by: ${error.message}`);
      throw error;
    }
  }

  private async versionOf({ subject, version }: { readonly subject: string; readonly version: number }) {
    const found = await this.registry.version(subject, version);
    if (found) return found;
    throw new ConfigError(`The schema registry has no version ${version} of subject ${subject}`);
  }
}

function unknown(id: number): PoisonRecordError {
  return new PoisonRecordError('schema-unknown', `the schema registry does not know schema ${id}`);
}

function incompatible(id: number, why: string): PoisonRecordError {
  return new PoisonRecordError('schema-incompatible', `values of schema ${id} cannot be read: ${why}`);
}
