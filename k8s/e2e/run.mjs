#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { interruption, runForeground } from '../../scripts/foreground.mjs';
import { NODE as NODE_PROGRAM } from '../../scripts/project.mjs';
import { Unavailable } from '../check/go.mjs';
import { dockerCompose } from '../check/tools.mjs';
import { programs } from './builds.mjs';
import { imageArchives } from './images.mjs';
import { findNetworkPlugins, findPrograms, inNamespace, makeNamespace, removeNamespace } from './machine.mjs';

const NAMESPACE = 'millrace-e2e';
const INSIDE = fileURLToPath(new URL('inside.mjs', import.meta.url));
const LIMIT_MS = 45 * 60_000;
const NEEDED = ['dockerd', 'runc', 'iptables', 'mmdebstrap', 'gcc', 'openssl'];
const log = (line) => console.log(line);

/**
 * The whole system on a real control plane and a real node, in a network namespace of their own: a deployment from nothing, and what may
 * happen to it. `--build` only builds what it needs; `--keep` leaves the cluster running; `--manifests` starts no node and only asks the
 * API server what it thinks of the production overlay. Needs root and Go.
 */
async function main() {
  const flag = { type: 'boolean', default: false };
  const { keep, manifests, build } = parseArgs({ options: { keep: flag, manifests: flag, build: flag } }).values;
  const begin = Date.now();
  await findPrograms(NEEDED, log);
  await findNetworkPlugins();
  const built = { programs: await programs(log), images: manifests ? [] : await imageArchives(log) };
  if (build) await dockerCompose({ build: true });
  log(`built, or taken from the cache, in ${((Date.now() - begin) / 1000).toFixed(0)} s`);
  if (build) return;
  await makeNamespace(NAMESPACE);
  const work = JSON.stringify({ ...built, keep, manifests });
  const [command, ...args] = inNamespace(NAMESPACE, [NODE_PROGRAM, INSIDE, '--work', work]);
  process.exitCode = await runForeground(command, args, { interrupt: interruption(), timeoutMs: LIMIT_MS });
  if (!keep) await removeNamespace(NAMESPACE);
  log(`${((Date.now() - begin) / 1000).toFixed(0)} s in all`);
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = error instanceof Unavailable ? 3 : 1;
});
