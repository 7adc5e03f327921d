import { Inject, Injectable } from '@nestjs/common';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Language } from '../core/pipeline/language';
import { type Pipelines, PIPELINES } from '../runtime/pipelines';
import { refusedPipeline, unknownPipeline } from './problem-details';

/** Finds pipelines by the name in a URL. */
@Injectable()
export class Catalogue {
  constructor(@Inject(PIPELINES) private readonly pipelines: Pipelines) {}

  get language(): Language {
    return this.pipelines.language;
  }

  /** Names of all pipelines, refused ones too. */
  names(): readonly string[] {
    return [...this.pipelines.all(), ...this.pipelines.refused()].map(({ name }) => name);
  }

  /** Throws a 404 that names the known ones, or a 409 for one that was refused. */
  runnable(name: string): CompiledPipeline {
    const pipeline = this.pipelines.get(name);
    if (pipeline) return pipeline;
    if (this.pipelines.refused().some((refused) => refused.name === name)) throw refusedPipeline(name);
    throw unknownPipeline(name, this.names());
  }
}
