import type { MillraceConfig } from '../config/config';
import { ConfigError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { readCatalog } from '../processing/read-catalog';

/** A pipeline of the pipelines folder. Throws ConfigError for an unknown name, with the known ones. */
export async function catalogPipeline(name: string, config: MillraceConfig): Promise<CompiledPipeline> {
  const { pipelines } = await readCatalog(config);
  const found = pipelines.find((pipeline) => pipeline.name === name);
  if (found) return found;
  const names = pipelines.map((pipeline) => pipeline.name).join(', ');
  throw new ConfigError(`No pipeline in ${config.pipelines} is called ${name}; there are: ${names}`);
}
