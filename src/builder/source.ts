import type { z } from 'zod';
import type { Duration } from './duration';
import { type RecordCheck, zodCheck } from './record-check';
import type { FieldName, TimeField } from './record-fields';

declare const types: unique symbol;

/** How records are written, and what is in them. */
export interface Format<Fields extends object> {
  /** Properties of a definition's `source`. */
  readonly source: object;
  readonly check: RecordCheck | undefined;
  readonly [types]?: Fields;
}

export interface SchemaOptions {
  /**
   * `true`, the default: a record that is not what the schema says is a dead letter, and fields that the schema does not
   * name are left out. `false`: the schema gives types only, and nothing is checked.
   */
  readonly check?: boolean;
  /**
   * To be changed when the schema takes other records than before. The default is a hash of the schema as JSON Schema,
   * which does not show refinements and transforms.
   */
  readonly version?: string;
}

/** One JSON object a record, described by a Zod schema. */
export function json<Fields extends object>(schema: z.ZodType<Fields>, options: SchemaOptions = {}): Format<Fields> {
  return { source: { format: 'json' }, check: checkOf(schema, options) };
}

/** One line of CSV a record: a cell that reads as a number is one, an empty cell is null. */
export function csv<Fields extends object>(
  schema: z.ZodType<Fields>,
  columns: readonly FieldName<Fields>[],
  options: SchemaOptions = {},
): Format<Fields> {
  return { source: { format: 'csv', csv: { columns } }, check: checkOf(schema, options) };
}

/** What to read records by, whatever they were written with; without it, the schema of each record. */
export interface RegistrySchema {
  /** Of the registry; default `<topic>-value`. */
  readonly subject?: string;
  /** A version of the subject; or `text`, not both. */
  readonly version?: number;
  readonly text?: string;
}

type FromRegistry = <Fields extends object>(schema?: RegistrySchema) => Format<Fields>;

/** The schema decides what a record is: `Fields` says what it makes of one, as JSON, and is not checked. */
const fromRegistry =
  (format: 'avro' | 'json-schema' | 'protobuf'): FromRegistry =>
  (schema) => ({ source: schema ? { format, schema } : { format }, check: undefined });

/** Avro through the schema registry: `avro<User>({ text: avsc })`. Test drivers take its records as JSON. */
export const avro: FromRegistry = fromRegistry('avro');
/** JSON with a JSON Schema of the registry. */
export const jsonSchema: FromRegistry = fromRegistry('json-schema');
/** Protobuf through the schema registry. Test drivers take its records as JSON. */
export const protobuf: FromRegistry = fromRegistry('protobuf');

function checkOf(schema: z.ZodType<object>, { check = true, version }: SchemaOptions): RecordCheck | undefined {
  return check ? zodCheck(schema, version) : undefined;
}

export interface TimeOptions<Fields> {
  /** ISO 8601 text, epoch seconds or milliseconds; the record's timestamp when left out. */
  readonly field?: TimeField<Fields>;
  readonly outOfOrderness?: Duration;
  readonly idleAfter?: Duration | 'never';
  readonly advanceOn?: 'accepted' | 'all';
}

export interface TopicOptions<Fields> {
  /** Used only when the topic has to be created. */
  readonly partitions?: number;
  readonly maxRecordBytes?: number | string;
  readonly time?: TimeOptions<Fields>;
  /** Fields, at any depth, that are hidden in messages and where dead letters are shown. */
  readonly personal?: readonly string[];
}

/** A source topic. */
export interface TopicSource<Fields extends object> {
  /** As a definition has it. */
  readonly source: object;
  readonly check: RecordCheck | undefined;
  readonly [types]?: Fields;
}

/** Records of a Kafka topic. */
export function topic<Fields extends object>(
  name: string,
  format: Format<Fields>,
  options: TopicOptions<NoInfer<Fields>> = {},
): TopicSource<Fields> {
  return { source: { topic: name, ...format.source, ...options }, check: format.check };
}
