import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from '../../stack/run.mjs';
import { docker } from '../e2e/docker.mjs';

const MOST_LINES = 40;
/** Of the container in which the classic builder took its last step. */
const OF_THE_BUILDER = ['Hostname', 'Image'];

/**
 * Of an image in Docker's store: its layers by digest, its size in bytes, the configuration that containers get, as text, and when it was
 * made.
 */
export async function factsOf(image) {
  const [{ RootFS, Config, Created, Architecture, Os, Size }] = JSON.parse(await docker(['image', 'inspect', image]));
  const kept = Object.entries(Config).filter(([name]) => !OF_THE_BUILDER.includes(name));
  const configuration = JSON.stringify({ Architecture, Os, ...Object.fromEntries(kept.sort()) });
  return { image, layers: RootFS.Layers, configuration, created: Created, size: Size };
}

/**
 * What differs between two images in the layers at these indices: entries whose kind, permissions, owner, size or time differ, and
 * files whose content does. At most 40 lines, and how many there are beyond.
 */
export async function differencesOfFiles(images, indices, folder) {
  const saved = [];
  for (const [number, image] of images.entries()) saved.push(await unpack(image, join(folder, `image-${number}`)));
  const lines = [];
  for (const index of indices)
    lines.push(
      ...(await differencesOfLayers(
        saved.map((layers) => layers[index]),
        folder,
      )),
    );
  return [
    ...lines.slice(0, MOST_LINES),
    ...(lines.length > MOST_LINES ? [`and ${lines.length - MOST_LINES} more`] : []),
  ];
}

/** Paths of the archives of an image's layers, in order. */
async function unpack(image, folder) {
  mkdirSync(folder, { recursive: true });
  await docker(['save', '-o', join(folder, 'image.tar'), image]);
  await mustRun('tar', ['-xf', 'image.tar'], { cwd: folder });
  const [{ Layers: layers }] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  return layers.map((layer) => join(folder, layer));
}

async function differencesOfLayers([first, second], folder) {
  const [before, after] = await Promise.all([entriesOf(first), entriesOf(second)]);
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  const entries = paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path}: ${before.get(path) ?? 'absent'}, and ${after.get(path) ?? 'absent'}`);
  return [...entries, ...(await differencesOfContent([first, second], folder))];
}

/** Permissions, owner, size and time of each entry, by its path. */
async function entriesOf(archive) {
  const listed = await mustRun('tar', ['--numeric-owner', '--full-time', '-tvf', archive]);
  const lines = listed.trim().split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [, facts, path] = /^(\S+\s+\S+\s+\d+\s+\S+\s+\S+)\s(.*)$/.exec(line);
      return [path, facts];
    }),
  );
}

async function differencesOfContent(archives, folder) {
  const trees = [join(folder, 'tree-0'), join(folder, 'tree-1')];
  for (const [number, archive] of archives.entries()) {
    mkdirSync(trees[number], { recursive: true });
    await mustRun('tar', ['-xf', archive, '--no-same-permissions', '-C', trees[number]]);
  }
  const { code, output } = await run('diff', ['-rq', '--no-dereference', ...trees]);
  await mustRun('rm', ['-rf', ...trees]);
  return code === 0 ? [] : output.trim().replaceAll(`${folder}/`, '').split('\n');
}
