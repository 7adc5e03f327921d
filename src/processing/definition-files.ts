import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ConfigError, messageOf } from '../core/errors';
import type { DefinitionFile } from '../runtime/pipeline-catalog';

const DEFINITION = /\.(ya?ml|json)$/;
const GOLDEN_TEST = /\.test\.(ya?ml|json)$/;

/** The definitions in a folder, by name. Throws ConfigError when it cannot be read. */
export async function readDefinitionFiles(folder: string): Promise<DefinitionFile[]> {
  try {
    const names = (await readdir(folder)).filter((name) => DEFINITION.test(name) && !GOLDEN_TEST.test(name)).sort();
    return await Promise.all(
      names.map(async (name) => ({ path: join(folder, name), text: await readFile(join(folder, name), 'utf8') })),
    );
  } catch (error) {
    throw new ConfigError(
      `The pipelines folder ${folder} cannot be read: ${messageOf(error)}. Set MILLRACE_PIPELINES.`,
    );
  }
}
