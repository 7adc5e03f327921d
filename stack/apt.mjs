import { existsSync } from 'node:fs';
import { mustRun, onPath, run } from './run.mjs';

const INSTALL_MS = 600_000;

/**
 * The path of the first of `programs` on PATH; installs the Debian package when there is none and
 * we are root. Otherwise an error says what to install.
 */
export async function programFromDebian(programs, debianPackage, { log, signal } = {}) {
  const find = () => programs.map(onPath).find(Boolean);
  const present = find();
  if (present) return present;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    throw new Error(`${programs[0]} is not on PATH; install it, on Debian: apt-get install ${debianPackage}`);
  }
  log?.(`installing ${debianPackage}, once`);
  const options = { timeoutMs: INSTALL_MS, signal };
  await mustRun('apt-get', ['update', '-q'], options);
  await mustRun('env', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', '-q', debianPackage], options);
  const installed = find();
  if (!installed) throw new Error(`${debianPackage} is installed, but ${programs[0]} is not on PATH`);
  return installed;
}

/** Debian starts a service as it installs it; ours would find its port taken. */
export async function stopDebianService(service) {
  if (existsSync('/run/systemd/system')) await run('systemctl', ['disable', '--now', service], { timeoutMs: 30_000 });
  else await run('service', [service, 'stop'], { timeoutMs: 30_000 });
}
