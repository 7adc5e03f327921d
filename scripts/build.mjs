import { at, ROOT } from './project.mjs';
import { mustRunForeground } from './foreground.mjs';
import { digestOf, isStamped, stamp } from './stamp.mjs';

const STAMP = at('dist', '.built-from');
const INPUTS = [
  'src',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'package-lock.json',
  'scripts/build-guest.mjs',
  'scripts/copy-assets.mjs',
];

/** `npm run build` unless dist was built from these very sources. Resolves with whether it ran. */
export async function build(interrupt) {
  const digest = digestOf(ROOT, INPUTS);
  if (isStamped(STAMP, digest)) return false;
  await mustRunForeground('npm', ['run', '--silent', 'build'], { cwd: ROOT, interrupt });
  stamp(STAMP, digest);
  return true;
}
