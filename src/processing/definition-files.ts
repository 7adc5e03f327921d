import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ConfigError, messageOf } from '../core/errors';
import type { DefinitionFile } from '../runtime/pipeline-catalog';
import { besideFile } from './read-beside';

const DEFINITION = /\.(ya?ml|json)$/;
const GOLDEN_TEST = /\.test\.(ya?ml|json)$/;

/** The definitions in a folder, by name. Throws ConfigError when it cannot be read. */
export async function readDefinitionFiles(folder: string): Promise<DefinitionFile[]> {
  try {
    const names = (await readdir(folder)).filter((name) => DEFINITION.test(name) && !GOLDEN_TEST.test(name)).sort();
    return await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        return { path, text: await readFile(path, 'utf8'), readBeside: besideFile(path) };
      }),
    );
  } catch (error) {
    throw new ConfigError(
      `The pipelines folder ${folder} cannot be read: ${messageOf(error)}. Set MILLRACE_PIPELINES.`,
    );
  }
}
