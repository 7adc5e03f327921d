import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { type Language, STANDARD_LANGUAGE } from '../core/pipeline/language';
import type { RefusedPipeline } from './pipelines';

/** What modules in JavaScript add to files of definitions. */
export interface CatalogExtensions {
  /** Of the files: the built-in one, and the aggregates and functions of the modules. */
  readonly language: Language;
  readonly pipelines: readonly ModulePipeline[];
  readonly refused: readonly RefusedPipeline[];
}

export interface ModulePipeline {
  readonly file: string;
  readonly compiled: CompiledPipeline;
}

export const NO_EXTENSIONS: CatalogExtensions = { language: STANDARD_LANGUAGE, pipelines: [], refused: [] };
