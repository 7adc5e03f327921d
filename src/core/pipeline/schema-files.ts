import { messageOf } from '../errors';
import type { PipelineDefinition, SinkDefinition } from './definition';
import type { Finding, Path } from './finding';

/** The text of a file by its name in a definition, which is relative to the definition. Throws when it cannot be read. */
export type ReadBeside = (name: string) => string;

interface SchemaOfFile {
  readonly file?: string | undefined;
  readonly text?: string | undefined;
}

/** The definition with the text of each schema that it names by its file, and what is wrong with those. */
export function withSchemaTexts(
  definition: PipelineDefinition,
  readBeside: ReadBeside | undefined,
): { readonly definition: PipelineDefinition; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  function filled<Schema extends SchemaOfFile>(schema: Schema, path: Path): Schema {
    if (schema.file === undefined) return schema;
    try {
      if (!readBeside) throw new Error('there is no folder here; give the schema as text');
      return { ...schema, text: readBeside(schema.file) };
    } catch (error) {
      findings.push({ path: [...path, 'file'], message: `cannot be read: ${messageOf(error)}` });
      return schema;
    }
  }
  const { source, sinks } = definition.spec;
  const spec = {
    ...definition.spec,
    source: { ...source, ...(source.schema && { schema: filled(source.schema, ['spec', 'source', 'schema']) }) },
    sinks: sinks.map((sink, i): SinkDefinition => {
      if (!('kafka' in sink) || !sink.kafka.schema) return sink;
      return { kafka: { ...sink.kafka, schema: filled(sink.kafka.schema, ['spec', 'sinks', i, 'kafka', 'schema']) } };
    }),
  };
  return { definition: { ...definition, spec }, findings };
}
