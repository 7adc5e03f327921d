import { compilePipeline } from '../core/pipeline/compile';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { parsePipelines } from '../core/pipeline/parse';
import type { Problem } from '../core/pipeline/problem';
import type { RefusedPipeline } from './pipelines';

export interface DefinitionFile {
  readonly path: string;
  readonly text: string;
}

export interface PipelineCatalog {
  readonly pipelines: readonly CompiledPipeline[];
  readonly refused: readonly RefusedPipeline[];
}

/** Compiles what can be compiled: a file with a problem is refused as a whole, the other files run. */
export function catalogOf(files: readonly DefinitionFile[]): PipelineCatalog {
  const pipelines = new Map<string, CompiledPipeline>();
  const refused: RefusedPipeline[] = [];
  for (const { path, text } of files) {
    const { definitions, problems } = parsePipelines(text, path);
    if (problems.length > 0) {
      refused.push({ name: nameOf(path), problems });
      continue;
    }
    for (const definition of definitions) {
      const { name } = definition.metadata;
      if (pipelines.has(name)) refused.push({ name, problems: [duplicate(path, name)] });
      else pipelines.set(name, compilePipeline(definition));
    }
  }
  return { pipelines: [...pipelines.values()], refused };
}

function nameOf(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.(ya?ml|json)$/, '');
}

function duplicate(file: string, name: string): Problem {
  return {
    file,
    line: 1,
    column: 1,
    message: `pipeline ${name} is defined in another file too; give one another name`,
  };
}
