import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { interruption, mustRunForeground } from './foreground.mjs';
import { at, NODE, ROOT } from './project.mjs';
import { digestOf, isStamped, stamp } from './stamp.mjs';

const STAMP = at('node_modules', '.millrace-installed-from');

/** `npm ci` unless node_modules was installed from this very lock file. Resolves with whether it ran. */
export async function install(interrupt) {
  const digest = digestOf(ROOT, ['package-lock.json']);
  if (isStamped(STAMP, digest) && existsSync(NODE)) return false;
  await mustRunForeground('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: ROOT, interrupt });
  if (!existsSync(NODE)) throw new Error(`${NODE} is missing: npm must be allowed to run install scripts`);
  stamp(STAMP, digest);
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await install(interruption());
