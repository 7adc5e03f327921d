import { ConfigError, messageOf } from '../core/errors';
import { compilePipeline } from '../core/pipeline/compile';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { parsePipelines } from '../core/pipeline/parse';
import { problemText } from '../core/pipeline/problem';
import { besideFile } from '../processing/read-beside';
import { loadExtensions } from '../processing/extension-modules';
import { NO_EXTENSIONS } from '../runtime/catalog-extensions';
import type { CommandIo } from './command-io';
import { isModule } from './module-file';

/**
 * The pipelines of a file of definitions, or of a module in JavaScript. Throws ConfigError with a line for each problem, or
 * when the file cannot be read.
 */
export async function readPipelines(path: string, io: CommandIo): Promise<readonly CompiledPipeline[]> {
  if (isModule(path)) return pipelinesOfModule(path);
  const text = await io.readFile(path).catch((thrown: unknown) => {
    throw new ConfigError(`${path}: cannot be read: ${messageOf(thrown)}`);
  });
  const { language } = io.extensions ?? NO_EXTENSIONS;
  const { definitions, problems } = parsePipelines(text, path, language, besideFile(path));
  if (problems.length > 0) throw new ConfigError(problems.map(problemText).join('\n'));
  return definitions.map((definition) => compilePipeline(definition, language));
}

async function pipelinesOfModule(path: string): Promise<readonly CompiledPipeline[]> {
  const { pipelines, refused } = await loadExtensions([path]);
  const problems = refused.flatMap((pipeline) => pipeline.problems);
  if (problems.length > 0) throw new ConfigError(problems.map(problemText).join('\n'));
  return pipelines.map(({ compiled }) => compiled);
}

/** The one that is called `name`, or the only one. Throws ConfigError naming those there are. */
export async function readPipeline(path: string, name: string | undefined, io: CommandIo): Promise<CompiledPipeline> {
  const pipelines = await readPipelines(path, io);
  const chosen = name === undefined ? pipelines : pipelines.filter((pipeline) => pipeline.name === name);
  if (chosen.length === 1) return chosen[0]!;
  const names = pipelines.map((pipeline) => pipeline.name).join(', ');
  if (name === undefined)
    throw new ConfigError(`${path}: it holds several pipelines; choose one with --pipeline: ${names}`);
  throw new ConfigError(`${path}: no pipeline is called "${name}"; there are: ${names}`);
}
