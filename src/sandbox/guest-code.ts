import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FatalError } from '../core/errors';

/** `dist/guest.js`, which `npm run build` makes of `guest/`. */
const PATH = join(__dirname, '..', '..', 'dist', 'guest.js');

/** The code that runs in the sandbox beside that of the user. Throws FatalError when this package was not built. */
export function guestCode(): string {
  try {
    return `(() => {${readFileSync(PATH, 'utf8')}\nreturn guest})()`;
  } catch (thrown) {
    throw new FatalError(`${PATH} is not there; build it with: npm run build`, { cause: thrown });
  }
}
