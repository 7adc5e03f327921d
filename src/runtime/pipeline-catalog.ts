import type { LocatedDefinition } from '../core/pipeline/located-definition';
import { compilePipeline } from '../core/pipeline/compile';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { findingText } from '../core/pipeline/finding';
import type { Language } from '../core/pipeline/language';
import { parsePipelineFiles } from '../core/pipeline/parse';
import type { ReadBeside } from '../core/pipeline/schema-files';
import { type CatalogExtensions, type ModulePipeline, NO_EXTENSIONS } from './catalog-extensions';
import type { RefusedPipeline } from './pipelines';

export interface DefinitionFile {
  readonly path: string;
  readonly text: string;
  readonly readBeside?: ReadBeside;
}

export interface PipelineCatalog {
  readonly pipelines: readonly CompiledPipeline[];
  readonly refused: readonly RefusedPipeline[];
  /** Of the definitions. */
  readonly language: Language;
}

/**
 * Compiles what can be compiled: a file with a problem is refused as a whole, the other files run. A problem may lie between
 * files: topics that lead back to where they begin, one table with two primary keys. Modules of `extensions` count as
 * files, but a pipeline of theirs that is wrong by itself is refused alone.
 */
export function catalogOf(files: readonly DefinitionFile[], extensions = NO_EXTENSIONS): PipelineCatalog {
  const { language } = extensions;
  const { located, problems } = parsePipelineFiles(files, language, extensions.pipelines.map(locatedIn));
  const problemsOf = (path: string) => problems.filter(({ file }) => file === path);
  const refused = [...files.map(({ path }) => path), ...pathsOf(extensions)]
    .map((path) => ({ name: nameOf(path), problems: problemsOf(path) }))
    .filter((file) => file.problems.length > 0);
  const isRight = ({ file }: { readonly file: string }): boolean => problemsOf(file).length === 0;
  const pipelines = [
    ...located.filter(isRight).map(({ definition }) => compilePipeline(definition, language)),
    ...extensions.pipelines.filter(isRight).map(({ compiled }) => compiled),
  ];
  return { pipelines, refused: [...refused, ...extensions.refused], language };
}

/** A module has no places. */
export function locatedIn({ file, compiled }: ModulePipeline): LocatedDefinition {
  const { name, definition } = compiled;
  const locate: LocatedDefinition['locate'] = (finding) => ({
    ...{ file, line: 1, column: 1 },
    message: `pipeline "${name}": ${findingText(finding)}`,
  });
  return { definition, file, locate };
}

function pathsOf({ pipelines }: CatalogExtensions): Set<string> {
  return new Set(pipelines.map(({ file }) => file));
}

function nameOf(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.(ya?ml|json|[cm]?[jt]s)$/, '');
}
