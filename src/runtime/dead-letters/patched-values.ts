import { schemaIdOf } from '../../core/decoding/schema-header';
import { PoisonRecordError } from '../../core/errors';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { schemaWritingOf } from '../../core/pipeline/schema-reading';
import type { SchemaCodec, SchemaWriting } from '../../core/ports/schema-codec.port';
import { type JsonObject, mergePatch, patched } from '../../core/task/merge-patch';

/** Values of a pipeline's source that a JSON merge patch (RFC 7396) puts right, each in the format of its topic. */
export class PatchedValues {
  private readonly writing: SchemaWriting | undefined;

  constructor(
    pipeline: CompiledPipeline,
    private readonly patch: JsonObject,
    private readonly codec: SchemaCodec,
  ) {
    this.writing = schemaWritingOf(pipeline.definition.spec.source);
  }

  /**
   * What is read by the schema that it was written with is written by the one that records of the topic are written with now.
   * `undefined` for what is no JSON object, what no schema reads, and what the schema cannot hold when it is patched. Throws
   * TransientError while the registry is away, ConfigError when there is no schema to write with.
   */
  async of(value: Uint8Array | null): Promise<Uint8Array | undefined> {
    if (!this.writing) return patched(value, this.patch);
    if (value === null) return undefined;
    try {
      const decode = await this.codec.decoderOf(schemaIdOf(value), { format: this.writing.format });
      const fields = decode(value);
      const encoder = await this.codec.encoderFor(this.writing);
      return encoder.encode(mergePatch(fields, this.patch));
    } catch (error) {
      if (error instanceof PoisonRecordError) return undefined;
      throw error;
    }
  }
}
