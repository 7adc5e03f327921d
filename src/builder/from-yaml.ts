import { ConfigError } from '../core/errors';
import { compilePipeline } from '../core/pipeline/compile';
import { createLanguage, type Extensions } from '../core/pipeline/language';
import { parsePipelines } from '../core/pipeline/parse';
import { problemText } from '../core/pipeline/problem';
import type { UnknownShape } from './shape';
import type { BuiltPipeline } from './stages';

/** What is not said of the text of a definition. */
export interface YamlOptions {
  /** Named in messages; default `pipeline.yaml`. */
  readonly file?: string;
  /** Which one, if the text holds several. */
  readonly name?: string;
  readonly extensions?: Pick<Extensions, 'aggregates' | 'functions'>;
}

/** A pipeline from YAML or JSON, for a test driver. Throws ConfigError with a line for each problem. */
export function fromYaml(
  text: string,
  { file = 'pipeline.yaml', name, extensions = {} }: YamlOptions = {},
): BuiltPipeline<UnknownShape> {
  const language = createLanguage(extensions);
  const { definitions, problems } = parsePipelines(text, file, language);
  if (problems.length > 0) throw new ConfigError(problems.map(problemText).join('\n'));
  const names = definitions.map(({ metadata }) => metadata.name).join(', ');
  const chosen = name === undefined ? definitions : definitions.filter(({ metadata }) => metadata.name === name);
  const [definition] = chosen;
  if (!definition || chosen.length > 1) {
    const wanted = name === undefined ? 'one pipeline is needed' : `no pipeline is called "${name}"`;
    throw new ConfigError(`${file}: ${wanted}; there are: ${names}`);
  }
  const compiled = compilePipeline(definition, language);
  return { name: compiled.name, definition, compiled };
}
