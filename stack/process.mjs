import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { until } from './wait.mjs';

const TERM_MS = 20_000;
const KILL_MS = 10_000;

/** The folder, pid file and log of one server within a profile's folder. */
export function placeOf(profile, server) {
  const folder = join(profile.folder, server);
  return { folder, pidFile: join(profile.folder, `${server}.pid`), log: join(profile.folder, `${server}.log`) };
}

/**
 * The recorded pid, if that process still is the one that was started here: its working directory
 * is the server's own folder. A pid that was given to someone else since then is never returned.
 */
export function runningPid(place) {
  try {
    const pid = Number(readFileSync(place.pidFile, 'utf8'));
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(place.folder) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Starts a process that outlives this one, in its own session, with its output in the log. */
export function startDetached(place, { command, args, env }) {
  mkdirSync(place.folder, { recursive: true });
  if (existsSync(place.log)) renameSync(place.log, `${place.log}.old`);
  const log = openSync(place.log, 'w');
  try {
    const child = spawn(command, args, {
      cwd: place.folder,
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
    });
    // A failed start shows as a missing pid; the event would end this process if nobody heard it.
    child.once('error', () => {});
    if (child.pid === undefined) throw new Error(`${command} cannot be started`);
    writeFileSync(place.pidFile, String(child.pid));
    child.unref();
  } finally {
    closeSync(log);
  }
}

/**
 * Signals the server if it is ours; resolves with whether there was one to signal. After SIGKILL
 * or SIGTERM it resolves when the process is gone, after any other signal at once.
 */
export async function signal(place, name) {
  const pid = runningPid(place);
  if (pid === undefined) return false;
  send(pid, name);
  if (name === 'SIGKILL') await gone(place, KILL_MS);
  if (name === 'SIGTERM') await gone(place, TERM_MS);
  return true;
}

/** SIGTERM, then SIGKILL after 20 s. Does nothing to a process that is not ours. */
export async function stop(place) {
  const pid = runningPid(place);
  if (pid !== undefined) {
    send(pid, 'SIGTERM');
    // A server paused by SIGSTOP would not see the SIGTERM.
    send(pid, 'SIGCONT');
    if (!(await gone(place, TERM_MS))) await signal(place, 'SIGKILL');
    if (runningPid(place) !== undefined) throw new Error(`process ${pid} does not end`);
  }
  rmSync(place.pidFile, { force: true });
  return pid !== undefined;
}

/** The last lines that a server printed. */
export function tailOf(place, lines = 30) {
  if (!existsSync(place.log)) return '';
  return readFileSync(place.log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

function gone(place, deadlineMs) {
  return until(() => runningPid(place) === undefined, { deadlineMs, everyMs: 50 });
}

function send(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
