import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const at = (...path) => join(ROOT, ...path);

/** Node 24 from the npm package `node`, whatever the machine has. Present after `install`. */
export const NODE = at('node_modules', '.bin', 'node');
