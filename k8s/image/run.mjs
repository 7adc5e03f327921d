#!/usr/bin/env node
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from '../../scripts/project.mjs';
import { mustRun } from '../../stack/run.mjs';
import { Unavailable } from '../check/go.mjs';
import { makeBaseImages } from '../e2e/base-images.mjs';
import { docker, withDocker } from '../e2e/docker.mjs';
import { findPrograms } from '../e2e/machine.mjs';
import { Steps } from '../e2e/steps.mjs';
import { differencesOfFiles, factsOf } from './compare.mjs';

/** Both are of the same commit. What differs between two machines differs between these, too. */
const CHECKOUTS = [
  { name: 'first', path: 'one', umask: '022' },
  { name: 'second', path: 'another/and/deeper', umask: '077' },
];
const NAME = 'millrace-reproduce';
/** All of it anew, on a machine that may have other work. */
const BUILD_MS = 1_800_000;

/**
 * Builds the image twice, from two clones of the last commit in different folders, with different permissions, one after the other and
 * without Docker's cache, and compares them: layers by digest, and file by file where these differ. Needs root.
 */
async function main() {
  await findPrograms(['dockerd', 'mmdebstrap'], console.log);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-reproduce-'));
  const steps = new Steps();
  try {
    for (const checkout of CHECKOUTS) await clone(checkout, folder);
    await withDocker(() => compareBuilds(steps, folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
  steps.tell();
}

async function compareBuilds(steps, folder) {
  await makeBaseImages();
  try {
    for (const checkout of CHECKOUTS) {
      const built = await steps.take(`the ${checkout.name} build`, () => build(checkout, folder));
      if (!built) return;
    }
    const [first, second] = await Promise.all(CHECKOUTS.map(({ name }) => factsOf(`${NAME}:${name}`)));
    await steps.take('the layers are the same', () => sameLayers(first, second, folder));
    await steps.take('the configuration is the same', () => sameConfiguration(first, second));
  } finally {
    for (const { name } of CHECKOUTS) await docker(['rmi', '-f', `${NAME}:${name}`]).catch(() => '');
    // The stages that have no name, of these builds and of those before.
    await docker(['image', 'prune', '-f']);
  }
}

/** All before the first build, so that nobody commits in between. */
function clone({ path, umask }, folder) {
  const script = 'umask "$1" && git clone --quiet --no-hardlinks "$2" "$3"';
  return mustRun('sh', ['-c', script, 'clone', umask, at(), join(folder, path)]);
}

async function build({ name, path, umask }, folder) {
  const checkout = join(folder, path);
  const commit = await mustRun('git', ['-C', checkout, 'log', '-1', '--format=%h %s']);
  const args = ['build', '-q', '--no-cache', '--network=host', '-t', `${NAME}:${name}`, checkout];
  await docker(args, { timeoutMs: BUILD_MS });
  return `of ${commit.trim()}, with umask ${umask}, at ${new Date().toISOString()}`;
}

async function sameLayers(first, second, folder) {
  if (first.layers.length !== second.layers.length)
    throw new Error(`${first.layers.length} layers, and ${second.layers.length}`);
  const differing = first.layers.flatMap((layer, index) => (layer === second.layers[index] ? [] : [index]));
  if (differing.length > 0) {
    const lines = await differencesOfFiles([first.image, second.image], differing, folder);
    throw new Error([`layers ${differing.join(', ')} of ${first.layers.length} differ:`, ...lines].join('\n'));
  }
  return [`${(first.size / 1e6).toFixed(0)} MB, of which Debian is the first layer:`, ...first.layers].join('\n');
}

/** But for the moment at which each was built, which the builder writes down. */
function sameConfiguration(first, second) {
  if (first.configuration !== second.configuration) throw new Error(`${first.configuration}\n${second.configuration}`);
  return `only the date of the build differs: ${first.created}, ${second.created}`;
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = error instanceof Unavailable ? 3 : 1;
});
