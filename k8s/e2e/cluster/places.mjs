import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf, runningPid, startDetached, stop, tailOf } from '../../../stack/process.mjs';
import { until } from '../../../stack/wait.mjs';
import { kubeCache } from '../../check/go.mjs';

/** Addresses that nobody sees: the cluster lives in a network namespace of its own. */
export const API_PORT = 16443;
export const NODE_IP = '10.213.255.1';
export const SERVICE_RANGE = '10.96.0.0/16';
export const POD_RANGE = '10.244.1.0/24';
export const NODE = 'node-1';

/** Where everything that the cluster keeps lies; a run begins with an empty one. */
export const FOLDER = kubeCache('run');
export const at = (...path) => join(FOLDER, ...path);

/** An empty folder, with the programs under their plain names in `bin`. */
export function prepareFolder(programs) {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(at('bin'), { recursive: true });
  mkdirSync(at('pki'), { recursive: true });
  for (const [name, path] of Object.entries(programs)) symlinkSync(path, at('bin', name));
}

/** For the cluster's own programs and for `kubectl`. */
export function usePrograms() {
  process.env.PATH = `${at('bin')}:${process.env.PATH}`;
  process.env.KUBECONFIG = at('admin.kubeconfig');
}

/** Writes a configuration file and returns its path. */
export function write(name, text) {
  writeFileSync(at(name), text, { mode: 0o600 });
  return at(name);
}

const profile = { folder: FOLDER };
const place = (name) => placeOf(profile, name);

/** Starts a program of the cluster and waits until `answers`; its log is in the error when it does not. */
export async function start(name, args, { answers, deadlineMs = 60_000, env } = {}) {
  startDetached(place(name), { command: at('bin', name), args, env });
  const isUp = () => {
    if (runningPid(place(name)) === undefined) throw new Error('it ended');
    return answers();
  };
  if (answers && !(await until(isUp, { deadlineMs, everyMs: 200 })))
    throw new Error(`${name} does not answer\n${tailOf(place(name))}`);
}

export function end(name) {
  return stop(place(name));
}
