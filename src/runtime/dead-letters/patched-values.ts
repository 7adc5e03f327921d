import { schemaIdOf } from '../../core/decoding/schema-header';
import { withoutPersonal } from '../../core/decoding/personal';
import { PoisonRecordError } from '../../core/errors';
import type { CompiledPipeline, Fields } from '../../core/pipeline/compiled-pipeline';
import { schemaWritingOf } from '../../core/pipeline/schema-reading';
import type { SchemaCodec, SchemaWriting } from '../../core/ports/schema-codec.port';
import { type JsonObject, mergePatch, patched } from '../../core/task/merge-patch';

/** What a patch makes of a value, or why it makes nothing of it. */
export type PatchedValue = { readonly value: Uint8Array } | { readonly problem: string };

/** Values of a pipeline's source that a JSON merge patch (RFC 7396) puts right, each in the format of its topic. */
export class PatchedValues {
  private readonly writing: SchemaWriting | undefined;

  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly patch: JsonObject,
    private readonly codec: SchemaCodec,
  ) {
    this.writing = schemaWritingOf(pipeline.definition.spec.source);
  }

  /**
   * What is read by the schema that it was written with is written by the one that records of the topic are written with now. Says
   * why not for what is no JSON object, what no schema reads, and what the schema cannot hold when it is patched; without what is
   * personal. Throws TransientError while the registry is away, ConfigError when there is no schema to write with.
   */
  async of(value: Uint8Array | null): Promise<PatchedValue> {
    if (!this.writing) {
      const bytes = patched(value, this.patch);
      return bytes ? { value: bytes } : { problem: 'the value is no JSON object' };
    }
    if (value === null) return { problem: 'the record has no value' };
    let fields: Fields | undefined;
    try {
      const decode = await this.codec.decoderOf(schemaIdOf(value), { format: this.writing.format });
      fields = decode(value);
      const encoder = await this.codec.encoderFor(this.writing);
      fields = mergePatch(fields, this.patch);
      return { value: encoder.encode(fields) };
    } catch (error) {
      if (!(error instanceof PoisonRecordError)) throw error;
      const { reason, message } = withoutPersonal(error, this.pipeline.personal, fields);
      return { problem: `${reason}: ${message}` };
    }
  }
}
