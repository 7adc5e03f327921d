import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Language } from '../core/pipeline/language';
import type { Problem } from '../core/pipeline/problem';
import type { PipelineStatus } from './pipeline-status';

/** A pipeline file that was refused at start; the others run. */
export interface RefusedPipeline {
  readonly name: string;
  readonly problems: readonly Problem[];
}

/** What this process knows of the pipelines in its folder. Injected wherever pipelines are asked about. */
export interface Pipelines {
  /** What definitions can call: also what extensions add. */
  readonly language: Language;
  all(): readonly CompiledPipeline[];
  get(name: string): CompiledPipeline | undefined;
  refused(): readonly RefusedPipeline[];
  /** Status as this process sees it; also for refused ones. */
  status(name: string): PipelineStatus | undefined;
}

/** Injection token of {@link Pipelines}. */
export const PIPELINES = Symbol('millrace.pipelines');
