import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { checkModel } from '../builder/compile-model';
import type { PipelineModel } from '../builder/model';
import { ConfigError, messageOf } from '../core/errors';
import { type Finding, findingText } from '../core/pipeline/finding';
import { createLanguage, type Extensions } from '../core/pipeline/language';
import { isolationOf } from '../config/extensions-isolation';
import type { CatalogExtensions, ModulePipeline } from '../runtime/catalog-extensions';
import type { RefusedPipeline } from '../runtime/pipelines';
import { importerOf, type ImportModule } from './module-importer';

/**
 * Loads modules that export `pipelines`, `aggregates` and `functions`, each a list and each optional. The functions and
 * aggregates of all modules can be called by all pipelines, also by those of files. A pipeline with a mistake is refused,
 * the others are there. Without `load` the environment says how modules are isolated.
 *
 * Throws ConfigError for a module that cannot be loaded, that exports nothing of use, or whose additions cannot be together.
 */
export async function loadExtensions(
  paths: readonly string[],
  load: ImportModule = importerOf(isolationOf(process.env)),
): Promise<CatalogExtensions> {
  const modules = await Promise.all(paths.map((path) => loadModule(path, load)));
  const shared: Extensions = {
    aggregates: modules.flatMap((module) => module.aggregates),
    functions: modules.flatMap((module) => module.functions),
  };
  const pipelines: ModulePipeline[] = [];
  const refused: RefusedPipeline[] = [];
  for (const { path, models } of modules) {
    for (const model of models) {
      const checked = checkModel(model, shared);
      if ('compiled' in checked) pipelines.push({ file: path, compiled: checked.compiled });
      else refused.push(refusalOf(path, model, checked.findings));
    }
  }
  return { language: createLanguage(shared), pipelines, refused };
}

interface ExtensionModule extends Required<Pick<Extensions, 'aggregates' | 'functions'>> {
  readonly path: string;
  readonly models: readonly PipelineModel[];
}

async function loadModule(path: string, load: ImportModule): Promise<ExtensionModule> {
  const exported = await load(pathToFileURL(resolve(path)).href).catch((thrown: unknown) => {
    throw new ConfigError(`The extensions of ${path} cannot be loaded: ${messageOf(thrown)}`);
  });
  const parts = { ...propertiesOf(propertiesOf(exported)['default']), ...propertiesOf(exported) };
  if (!['pipelines', 'aggregates', 'functions'].some((name) => name in parts)) {
    throw new ConfigError(`${path} exports none of pipelines, aggregates and functions; each is a list`);
  }
  return {
    path,
    models: listOf(path, parts, { name: 'pipelines', is: isPipeline, made: 'pipeline(...) and .to(...)' }).map(
      ({ model }) => model,
    ),
    aggregates: listOf(path, parts, { name: 'aggregates', is: isAggregate, made: 'defineAggregate(...)' }),
    functions: listOf(path, parts, { name: 'functions', is: isFunction, made: 'defineFunction(...)' }),
  };
}

interface Kind<Part> {
  readonly name: string;
  readonly is: (part: unknown) => part is Part;
  readonly made: string;
}

function listOf<Part>(path: string, parts: Properties, { name, is, made }: Kind<Part>): readonly Part[] {
  const list = parts[name] ?? [];
  if (!Array.isArray(list)) throw new ConfigError(`${path}: ${name} must be a list`);
  return list.map((part: unknown, i) => {
    if (is(part)) return part;
    throw new ConfigError(`${path}: ${name}[${i}] was not made by ${made}`);
  });
}

type Properties = Readonly<Record<string, unknown>>;

function propertiesOf(value: unknown): Properties {
  return typeof value === 'object' && value !== null ? (value as Properties) : {};
}

/** By its properties, because it may be of another copy of this package. */
function isPipeline(part: unknown): part is { model: PipelineModel } {
  const { document, extensions } = propertiesOf(propertiesOf(part)['model']);
  return (
    typeof document === 'object' &&
    typeof extensions === 'object' &&
    'sinks' in propertiesOf(propertiesOf(document)['spec'])
  );
}

type Aggregate = NonNullable<Extensions['aggregates']>[number];
type Function = NonNullable<Extensions['functions']>[number];

function isAggregate(part: unknown): part is Aggregate {
  const { name, parameters, create } = propertiesOf(part);
  return typeof name === 'string' && Array.isArray(parameters) && typeof create === 'function';
}

function isFunction(part: unknown): part is Function {
  const { name, parameters, call } = propertiesOf(part);
  return typeof name === 'string' && Array.isArray(parameters) && typeof call === 'function';
}

function refusalOf(file: string, { document }: PipelineModel, findings: readonly Finding[]): RefusedPipeline {
  const { name } = document.metadata;
  const problems = findings.map((finding) => ({
    ...{ file, line: 1, column: 1 },
    message: `pipeline "${name}": ${findingText(finding)}`,
  }));
  return { name, problems };
}
