import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { until } from './wait.mjs';

const DEADLINE_MS = 300_000;

/**
 * Runs `work` while holding a lock file, so that two commands never start or fetch the same thing
 * at once. The lock of a process that is gone is taken over.
 */
export async function withLock(file, work, { signal } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  if (!(await until(() => take(file), { deadlineMs: DEADLINE_MS, signal }))) {
    throw new Error(`${file} is still held by process ${holderOf(file)}`);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isRunning(holderOf(file))) rmSync(file, { force: true });
    return false;
  }
}

function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** By its command line, which a zombie has not, and which tells us from a later owner of the pid. */
function isRunning(pid) {
  // An empty file is a lock whose holder has not written its pid yet.
  if (!pid) return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('node');
  } catch {
    return false;
  }
}
