import { build } from './build.mjs';
import { interruption, runForeground } from './foreground.mjs';
import { install } from './install.mjs';
import { NODE, ROOT } from './project.mjs';

/**
 * Installs and builds what is missing, calls `before`, then runs the service with the shipped
 * readings until it ends; this process takes over its exit code.
 */
export async function runService({ mode, before = async () => {} }) {
  const interrupt = interruption();
  try {
    await install(interrupt);
    await build(interrupt);
    await before(interrupt);
    const flags = ['--disable-warning=TimeoutNegativeWarning', 'dist/cli.js', 'start', '--demo'];
    const options = { cwd: ROOT, env: { MILLRACE_MODE: mode }, interrupt };
    process.exitCode = await runForeground(NODE, [...flags, ...process.argv.slice(2)], options);
  } catch (error) {
    const reason = interrupt.aborted ? interrupt.reason : error;
    console.error(reason.message);
    process.exitCode = reason.exitCode ?? 1;
  }
}
