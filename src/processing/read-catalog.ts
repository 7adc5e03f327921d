import { catalogOf, type PipelineCatalog } from '../runtime/pipeline-catalog';
import { readDefinitionFiles } from './definition-files';
import { loadExtensions } from './extension-modules';

/** Where pipelines come from. */
export interface CatalogSources {
  /** A folder of definitions. */
  readonly pipelines: string;
  /** Modules. */
  readonly extensions: readonly string[];
}

/** The pipelines of a service. Throws ConfigError when the folder cannot be read, or a module cannot be loaded. */
export async function readCatalog({ pipelines, extensions }: CatalogSources): Promise<PipelineCatalog> {
  const [files, loaded] = await Promise.all([readDefinitionFiles(pipelines), loadExtensions(extensions)]);
  return catalogOf(files, loaded);
}
