import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ReadBeside } from '../core/pipeline/schema-files';

/** Reads files that a definition at `path` names. */
export function besideFile(path: string): ReadBeside {
  return (name) => readFileSync(resolve(dirname(path), name), 'utf8');
}
