import { PoisonRecordError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { SchemaCodec } from '../core/ports/schema-codec.port';

/**
 * Loads what the pipeline needs to decode values with these ids. An id that cannot be read is a matter of its records.
 * Throws TransientError while the registry is away, ConfigError when the pipeline's own schema is wrong.
 */
export async function loadSchemas(
  { schemas }: Pick<CompiledPipeline, 'schemas'>,
  codec: SchemaCodec,
  { ids, nowMs }: { readonly ids: readonly number[]; readonly nowMs: number },
): Promise<void> {
  if (!schemas) return;
  for (const id of ids) {
    try {
      schemas.add(id, await codec.decoderOf(id, schemas.reading));
    } catch (error) {
      if (!(error instanceof PoisonRecordError)) throw error;
      schemas.refuse(id, error, nowMs);
    }
  }
}
