import type { SchemaReading, SchemaWriting } from '../ports/schema-codec.port';
import { valueSubject } from '../ports/schema-registry.port';
import type { PipelineDefinition } from './definition';

type Source = PipelineDefinition['spec']['source'];

/** How the values of a source are read; `undefined` for a format that needs no registry. */
export function schemaReadingOf({ topic, format, schema }: Source): SchemaReading | undefined {
  if (format === 'json' || format === 'csv') return undefined;
  if (schema?.text !== undefined) return { format, reader: { text: schema.text } };
  if (schema?.version === undefined) return { format };
  return { format, reader: { subject: schema.subject ?? valueSubject(topic), version: schema.version } };
}

/** How values for the source are written, by those who put records into its topic. */
export function schemaWritingOf({ topic, format, schema }: Source): SchemaWriting | undefined {
  if (format === 'json' || format === 'csv') return undefined;
  const subject = schema?.subject ?? valueSubject(topic);
  return { format, subject, ...(schema?.text !== undefined && { schema: schema.text }) };
}
