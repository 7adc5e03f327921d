import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';

type Emission = { -readonly [Name in keyof CompiledPipeline]: CompiledPipeline[Name] };

/** Updates wait until `release`: while a window is being filled again its row would be worse than the one in force. */
export class HeldUpdates {
  private readonly held: { readonly pipeline: Emission; readonly emitEveryMs: number }[] = [];

  /** The same pipeline, which emits nothing but final rows for now. */
  hold(given: CompiledPipeline): CompiledPipeline {
    const pipeline: Emission = { ...given, emitEveryMs: Infinity };
    this.held.push({ pipeline, emitEveryMs: given.emitEveryMs });
    return pipeline;
  }

  release(): void {
    for (const { pipeline, emitEveryMs } of this.held) pipeline.emitEveryMs = emitEveryMs;
  }
}
