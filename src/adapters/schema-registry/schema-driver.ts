import type { Fields } from '../../core/pipeline/compiled-pipeline';

/** A schema with the texts of all that it uses, in an order in which each comes after what it uses itself. */
export interface WholeSchema {
  readonly text: string;
  readonly uses: readonly { readonly name: string; readonly text: string }[];
}

/** The fields of a value without its header. Throws PoisonRecordError `not-decodable`. */
export type PayloadReader = (payload: Uint8Array) => Fields;

/** The inverse. Throws PoisonRecordError `bad-value`. */
export type PayloadWriter = (fields: Readonly<Record<string, unknown>>) => Uint8Array;

/** A schema that was read. */
export interface ParsedSchema {
  /** For payloads that were written with this schema, as `reader` expects them. Throws SchemaError when it cannot be served. */
  payloadReader(reader: ParsedSchema | undefined): PayloadReader;
  /** Throws SchemaError when the schema has no such message. */
  payloadWriter(message: string | undefined): PayloadWriter;
  /** Names of the fields of a value; `undefined` when there may be others. */
  readonly fieldNames: readonly string[] | undefined;
}

/** One format of schemas. */
export interface SchemaDriver {
  /** Throws SchemaError for what is no schema of the format. */
  parse(schema: WholeSchema): ParsedSchema;
}

/** What is wrong with a schema, or between two; whoever catches it knows whose fault that is. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}
