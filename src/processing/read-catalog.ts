import type { Isolation } from '../config/extensions-isolation';
import { catalogOf, type PipelineCatalog } from '../runtime/pipeline-catalog';
import { readDefinitionFiles } from './definition-files';
import { loadExtensions } from './extension-modules';
import { importerOf } from './module-importer';

/** Where pipelines come from. */
export interface CatalogSources {
  /** A folder of definitions. */
  readonly pipelines: string;
  /** Modules. */
  readonly extensions: readonly string[];
  readonly extensionsIsolation: Isolation;
}

/** The pipelines of a service. Throws ConfigError when the folder cannot be read, or a module cannot be loaded. */
export async function readCatalog(sources: CatalogSources): Promise<PipelineCatalog> {
  const [files, loaded] = await Promise.all([
    readDefinitionFiles(sources.pipelines),
    loadExtensions(sources.extensions, importerOf(sources.extensionsIsolation)),
  ]);
  return catalogOf(files, loaded);
}
