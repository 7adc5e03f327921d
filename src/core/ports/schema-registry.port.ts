export const SCHEMA_FORMATS = ['avro', 'json-schema', 'protobuf'] as const;
export type SchemaFormat = (typeof SCHEMA_FORMATS)[number];

/** Another schema that a schema uses, by the name that its text gives it: a type, a `$ref` or an import. */
export interface SchemaReference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A schema as it was written. */
export interface SchemaText {
  readonly format: SchemaFormat;
  readonly text: string;
  readonly references: readonly SchemaReference[];
}

/** One version of a subject. */
export interface SchemaVersion extends SchemaText {
  /** Never given to another schema: what records carry. */
  readonly id: number;
  readonly subject: string;
  /** From 1 on. */
  readonly version: number;
}

/**
 * Keeps the schemas of topics. What has an id or a version never changes. All operations throw TransientError when the
 * registry does not answer, or does not let us in.
 */
export interface SchemaRegistry {
  /** `undefined` when no schema has the id. */
  byId(id: number): Promise<SchemaText | undefined>;

  /** `undefined` when the subject, or that version of it, is not there. */
  version(subject: string, version: number | 'latest'): Promise<SchemaVersion | undefined>;

  /**
   * Makes the schema the latest version of the subject, unless the subject has it already, and returns its id. Throws
   * ConfigError, with what the registry says, when it is no schema or not compatible with the versions before.
   */
  register(subject: string, schema: SchemaText): Promise<number>;

  /**
   * Why the subject would refuse the schema; empty when it would take it, as a subject without versions takes any schema.
   * Throws ConfigError for what is no schema.
   */
  objections(subject: string, schema: SchemaText): Promise<readonly string[]>;
}

/** Where the values of a topic have their schemas unless a definition says otherwise (Confluent's TopicNameStrategy). */
export function valueSubject(topic: string): string {
  return `${topic}-value`;
}
