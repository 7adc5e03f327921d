import { jsonDecoder } from '../core/decoding/json-decoder';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { schemaWritingOf } from '../core/pipeline/schema-reading';
import type { SchemaCodec } from '../core/ports/schema-codec.port';
import { loadSchemas } from '../runtime/load-schemas';

/** What a topic holds for a record that came as JSON text. Throws PoisonRecordError for one that its schema cannot hold. */
export type ValueWriter = (value: Uint8Array) => Uint8Array;

/**
 * For records of the pipeline's source: by the latest schema of its subject, or by the one that the pipeline reads by, which
 * is then registered; as they are, where no registry is needed. The pipeline can decode what it writes. Throws ConfigError
 * when there is no schema, TransientError while the registry is away.
 */
export async function valueWriter(
  pipeline: CompiledPipeline,
  codec: SchemaCodec,
  nowMs: number,
): Promise<ValueWriter | undefined> {
  const { source } = pipeline.definition.spec;
  const writing = schemaWritingOf(source);
  if (!writing) return undefined;
  const encoder = await codec.encoderFor(writing);
  await loadSchemas(pipeline, codec, { ids: [encoder.schemaId], nowMs });
  const parse = jsonDecoder(source.maxRecordBytes);
  return (value) => encoder.encode(parse(value));
}
