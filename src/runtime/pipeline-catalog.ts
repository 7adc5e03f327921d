import { compilePipeline } from '../core/pipeline/compile';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { parsePipelineFiles } from '../core/pipeline/parse';
import type { RefusedPipeline } from './pipelines';

export interface DefinitionFile {
  readonly path: string;
  readonly text: string;
}

export interface PipelineCatalog {
  readonly pipelines: readonly CompiledPipeline[];
  readonly refused: readonly RefusedPipeline[];
}

/**
 * Compiles what can be compiled: a file with a problem is refused as a whole, the other files run. A problem may lie between
 * files: topics that lead back to where they begin, one table with two primary keys.
 */
export function catalogOf(files: readonly DefinitionFile[]): PipelineCatalog {
  const { located, problems } = parsePipelineFiles(files);
  const problemsOf = (path: string) => problems.filter(({ file }) => file === path);
  const refused = files
    .map(({ path }) => ({ name: nameOf(path), problems: problemsOf(path) }))
    .filter((file) => file.problems.length > 0);
  const pipelines = located
    .filter(({ file }) => problemsOf(file).length === 0)
    .map(({ definition }) => compilePipeline(definition));
  return { pipelines, refused };
}

function nameOf(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.(ya?ml|json)$/, '');
}
