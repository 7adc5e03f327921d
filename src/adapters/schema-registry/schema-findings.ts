import { ConfigError } from '../../core/errors';
import { checkAskedFields } from '../../core/pipeline/asked-fields';
import type { PipelineDefinition } from '../../core/pipeline/definition';
import type { Finding, Path } from '../../core/pipeline/finding';
import type { Language } from '../../core/pipeline/language';
import { schemaReadingOf, schemaWritingOf } from '../../core/pipeline/schema-reading';
import type { SchemaSource } from '../../core/ports/schema-codec.port';
import {
  type SchemaFormat,
  type SchemaRegistry,
  type SchemaText,
  valueSubject,
} from '../../core/ports/schema-registry.port';
import { DRIVERS } from './drivers';
import { type ParsedSchema, SchemaError } from './schema-driver';
import { wholeSchema } from './whole-schema';

const SOURCE: Path = ['spec', 'source', 'schema'];

/**
 * What keeps a pipeline, which is right otherwise, from reading and writing by its schemas. Without a registry only texts of
 * the definition are looked at. Throws TransientError when the registry does not answer.
 */
export async function schemaFindings(
  definition: PipelineDefinition,
  language: Language,
  registry: SchemaRegistry | undefined,
): Promise<readonly Finding[]> {
  const findings = [...(await sourceFindings(definition, language, registry))];
  for (const [i, sink] of definition.spec.sinks.entries()) {
    if (!('kafka' in sink)) continue;
    const { topic, format = 'json', subject = valueSubject(topic), schema } = sink.kafka;
    if (format === 'json') continue;
    const path = ['spec', 'sinks', i, 'kafka'];
    findings.push(...(await sinkFindings({ path, format, subject, text: schema?.text }, registry)));
  }
  return findings;
}

async function sourceFindings(
  definition: PipelineDefinition,
  language: Language,
  registry: SchemaRegistry | undefined,
): Promise<readonly Finding[]> {
  const { source } = definition.spec;
  const [reading, writing] = [schemaReadingOf(source), schemaWritingOf(source)];
  if (!reading || !writing) return [];
  const latest = await registry?.version(writing.subject, 'latest');
  if (latest && latest.format !== reading.format) {
    const message = `the latest schema of subject ${writing.subject} is ${latest.format}`;
    return [{ path: ['spec', 'source', 'format'], message }];
  }
  try {
    const reader = await readerOf(reading.reader, reading.format, registry);
    const writer = latest && (await parsed(latest, registry));
    if (reader) writer?.payloadReader(reader);
    const { fieldNames } = reader ?? writer ?? { fieldNames: undefined };
    return fieldNames ? checkAskedFields(definition, fieldNames, language) : [];
  } catch (error) {
    return [{ path: SOURCE, message: messageOf(error) }];
  }
}

interface WrittenSink {
  readonly path: Path;
  readonly format: SchemaFormat;
  readonly subject: string;
  readonly text: string | undefined;
}

async function sinkFindings(
  { path, format, subject, text }: WrittenSink,
  registry: SchemaRegistry | undefined,
): Promise<readonly Finding[]> {
  if (text === undefined) {
    if (!registry || (await registry.version(subject, 'latest'))) return [];
    return [{ path, message: `subject ${subject} has no schema: register one, or give it here as schema` }];
  }
  const schema = { format, text, references: [] };
  try {
    await parsed(schema, registry);
    const objections = (await registry?.objections(subject, schema)) ?? [];
    return objections.map((objection) => ({
      path: [...path, 'schema'],
      message: `subject ${subject} will refuse it as incompatible: ${objection}`,
    }));
  } catch (error) {
    return [{ path: [...path, 'schema'], message: messageOf(error) }];
  }
}

async function readerOf(
  reader: SchemaSource | undefined,
  format: SchemaFormat,
  registry: SchemaRegistry | undefined,
): Promise<ParsedSchema | undefined> {
  if (!reader) return undefined;
  if ('text' in reader) return parsed({ format, text: reader.text, references: [] }, registry);
  const { subject, version } = reader;
  const found = await registry?.version(subject, version);
  if (registry && !found) throw new SchemaError(`the registry has no version ${version} of subject ${subject}`);
  return found && parsed(found, registry);
}

async function parsed(schema: SchemaText, registry: SchemaRegistry | undefined): Promise<ParsedSchema> {
  const { text } = schema;
  return DRIVERS[schema.format].parse(registry ? await wholeSchema(schema, registry) : { text, uses: [] });
}

/** Throws what is no fault of a schema. */
function messageOf(error: unknown): string {
  if (error instanceof SchemaError || error instanceof ConfigError) return error.message;
  throw error;
}
