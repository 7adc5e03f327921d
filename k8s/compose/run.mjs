#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { interruption, runForeground } from '../../scripts/foreground.mjs';
import { NODE } from '../../scripts/project.mjs';
import { Unavailable } from '../check/go.mjs';
import { dockerCompose } from '../check/tools.mjs';
import { withDocker } from '../e2e/docker.mjs';
import { imageArchives } from '../e2e/images.mjs';
import { findPrograms, inNamespace, makeNamespace, removeNamespace } from '../e2e/machine.mjs';
import { loadImages } from './load.mjs';

const NAMESPACE = 'millrace-compose';
const INSIDE = fileURLToPath(new URL('inside.mjs', import.meta.url));
/** The Kafka client asks for timers that are over. */
const QUIET = '--disable-warning=TimeoutNegativeWarning';
const LIMIT_MS = 30 * 60_000;
const log = (line) => console.log(line);

/**
 * `docker compose up` of the project's own docker-compose.yml by a Docker daemon of our own, in a network namespace of its own: the
 * whole system from nothing, and what may happen to it. `--build` only builds what it needs. Needs root and Go.
 */
async function main() {
  const { values } = parseArgs({ options: { build: { type: 'boolean' } } });
  const begin = Date.now();
  const seconds = () => ((Date.now() - begin) / 1000).toFixed(0);
  await findPrograms(['dockerd', 'iptables', 'mmdebstrap'], log);
  const compose = await dockerCompose({ build: true });
  const archives = await imageArchives(log, { compose: true });
  log(`built, or taken from the cache, in ${seconds()} s`);
  if (values.build) return;
  await makeNamespace(NAMESPACE);
  const interrupt = interruption();
  await withDocker(
    async () => {
      await loadImages(archives);
      const [command, ...args] = inNamespace(NAMESPACE, [NODE, QUIET, INSIDE, '--compose', JSON.stringify(compose)]);
      process.exitCode = await runForeground(command, args, { interrupt, timeoutMs: LIMIT_MS });
    },
    { namespace: NAMESPACE },
  );
  await removeNamespace(NAMESPACE);
  log(`${seconds()} s in all`);
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = error instanceof Unavailable ? 3 : 1;
});
