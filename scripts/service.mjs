import { build } from './build.mjs';
import { interruption, runForeground } from './foreground.mjs';
import { install } from './install.mjs';
import { startUpstreams } from '../test/support/upstreams/index.mjs';
import { NODE, ROOT } from './project.mjs';

/**
 * Installs and builds what is missing, calls `before`, then runs the service until it ends; this process takes over
 * its exit code. Its feeds poll upstreams of our own, so that it moves without the Internet; addresses that the
 * environment gives take their place.
 */
export async function runService({ mode, before = async () => {} }) {
  const interrupt = interruption();
  try {
    await install(interrupt);
    await build(interrupt);
    await before(interrupt);
    const upstreams = await startUpstreams();
    const flags = ['--disable-warning=TimeoutNegativeWarning', 'dist/cli.js', 'start', '--demo'];
    const options = { cwd: ROOT, env: { ...upstreams.environment, ...process.env, MILLRACE_MODE: mode }, interrupt };
    process.exitCode = await runForeground(NODE, [...flags, ...process.argv.slice(2)], options);
    await upstreams.close();
  } catch (error) {
    const reason = interrupt.aborted ? interrupt.reason : error;
    console.error(reason.message);
    process.exitCode = reason.exitCode ?? 1;
  }
}
