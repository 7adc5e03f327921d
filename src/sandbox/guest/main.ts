import './base64';
import './engine-faults';
import './text-coding';
import './stillness';
import * as zod from 'zod';
import * as millrace from './millrace';
import { type ModuleHost, requirer } from './require';

/**
 * What runs in the sandbox beside code of the user. It is bundled to one file, `dist/guest.js`, and holds no secret and no
 * right: code of the user could change all of it and would gain nothing.
 */
export {
  add,
  callWithNumbers,
  callWithText,
  decode,
  drop,
  encode,
  givePart,
  init,
  merge,
  result,
  share,
  takePart,
} from './calls';
export { describe } from './describe';
export { parseUrlsBy } from './url';

const builtIn = { millrace, zod };

export function requireBy(host: ModuleHost): (path: string) => unknown {
  return requirer(builtIn, host);
}
