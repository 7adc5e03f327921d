import { PoisonRecordError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { SourceRecord } from '../core/ports/record-source.port';
import type { SchemaCodec } from '../core/ports/schema-codec.port';

export interface SchemaSlice {
  readonly records: readonly SourceRecord[];
  /** Default all records. */
  readonly from?: number;
  readonly to?: number;
  readonly nowMs: number;
}

/**
 * Loads what the pipeline needs to decode the records, and returns whether the registry was asked. An id that cannot be
 * read is a matter of its records. Throws TransientError while the registry is away, ConfigError when the pipeline's own
 * schema is wrong.
 */
export async function loadSchemas(
  { schemas }: Pick<CompiledPipeline, 'schemas'>,
  codec: SchemaCodec,
  { records, from, to, nowMs }: SchemaSlice,
): Promise<boolean> {
  if (!schemas) return false;
  const missing = schemas.missing(records, nowMs, from, to);
  for (const id of missing) {
    try {
      schemas.add(id, await codec.decoderOf(id, schemas.reading));
    } catch (error) {
      if (!(error instanceof PoisonRecordError)) throw error;
      schemas.refuse(id, error, nowMs);
    }
  }
  return missing.length > 0;
}
