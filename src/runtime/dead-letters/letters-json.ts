import { PoisonRecordError, TransientError } from '../../core/errors';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { SchemaCodec } from '../../core/ports/schema-codec.port';
import { loadSchemas } from '../load-schemas';
import { type LetterJson, letterJson } from './letter-json';
import type { StoredLetter } from './stored-letter';

/**
 * Letters as people see them. What needs a schema is shown as it is while the registry is away, and not at all when it has
 * personal fields.
 */
export async function lettersJson(
  pipeline: CompiledPipeline,
  letters: readonly StoredLetter[],
  schemas: SchemaCodec,
  nowMs: number,
): Promise<readonly LetterJson[]> {
  const ids = pipeline.schemas?.missing(letters, nowMs) ?? [];
  try {
    await loadSchemas(pipeline, schemas, { ids, nowMs });
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    return letters.map((letter) => letterJson(letter, { ...pipeline, decode: unreadable }));
  }
  return letters.map((letter) => letterJson(letter, pipeline));
}

function unreadable(): never {
  throw new PoisonRecordError('schema-unknown', 'the schema registry is away');
}
