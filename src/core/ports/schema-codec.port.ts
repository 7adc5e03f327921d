import type { Fields } from '../pipeline/compiled-pipeline';
import type { SchemaFormat } from './schema-registry.port';

/** A schema that is not in the hand of whoever wrote a record: a version of a subject, or a text. */
export type SchemaSource = { readonly subject: string; readonly version: number } | { readonly text: string };

/** How a pipeline reads the values of its source. */
export interface SchemaReading {
  readonly format: SchemaFormat;
  /**
   * What the pipeline expects: fields that the writer left out have their defaults, those that it does not name are left out.
   * Without it each record is read by the schema that it was written with.
   */
  readonly reader?: SchemaSource;
}

/** How values are written to a topic. */
export interface SchemaWriting {
  readonly format: SchemaFormat;
  readonly subject: string;
  /** Registered as the subject's newest version, if it has it not yet; without it the latest version is used. */
  readonly schema?: string;
  /** For protobuf: the message by its full name; the first of the schema when absent. */
  readonly message?: string;
}

/**
 * The fields of a value, header and all, in plain JSON: see docs/schemas.md for what becomes of each type. Pure and
 * synchronous. Throws PoisonRecordError `not-decodable`.
 */
export type ValueDecoder = (value: Uint8Array) => Fields;

export interface ValueEncoder {
  /** What its values carry. */
  readonly schemaId: number;
  /**
   * The inverse of {@link ValueDecoder}: the bytes of a value of plain JSON, header and all. Fields that the schema does not name are
   * left out. Throws PoisonRecordError `bad-value`, naming the field.
   */
  encode(fields: Readonly<Record<string, unknown>>): Uint8Array;
}

/**
 * Reads and writes values whose schemas a registry keeps. What has to be asked is asked once, before the values are
 * worked on: decoders and encoders ask nothing.
 */
export interface SchemaCodec {
  /**
   * For values that were written with the schema `id`. Throws PoisonRecordError `schema-unknown` when the registry does not
   * know it, `schema-incompatible` when the reading cannot be served from it; TransientError when the registry is away;
   * ConfigError when the reader's own schema is wrong or missing.
   */
  decoderOf(id: number, reading: SchemaReading): Promise<ValueDecoder>;

  /**
   * Throws ConfigError when the registry refuses the schema or the subject has none; TransientError when it is away.
   */
  encoderFor(writing: SchemaWriting): Promise<ValueEncoder>;
}
