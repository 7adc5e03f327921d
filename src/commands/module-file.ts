import { messageOf } from '../core/errors';
import type { LocatedDefinition } from '../core/pipeline/located-definition';
import type { Problem } from '../core/pipeline/problem';
import { loadExtensions } from '../processing/extension-modules';
import { locatedIn } from '../runtime/pipeline-catalog';

/** Whether a file holds pipelines as a module, not as definitions. TypeScript needs a Node that strips types. */
export function isModule(path: string): boolean {
  return /\.[cm]?[jt]s$/.test(path);
}

export interface ModuleFile {
  readonly path: string;
  readonly located: readonly LocatedDefinition[];
  readonly problems: readonly Problem[];
}

/** What is in a module; what keeps it from being loaded is a problem of it. */
export async function readModule(path: string): Promise<ModuleFile> {
  try {
    const { pipelines, refused } = await loadExtensions([path]);
    return { path, located: pipelines.map(locatedIn), problems: refused.flatMap(({ problems }) => problems) };
  } catch (thrown) {
    return { path, located: [], problems: [{ file: path, line: 1, column: 1, message: messageOf(thrown) }] };
  }
}
