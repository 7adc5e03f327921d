import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flagsOfJava } from '../../stack/cassandra/cassandra.mjs';
import { jarsOf } from '../../stack/jars.mjs';
import { at } from '../../scripts/project.mjs';
import { digestOf } from '../../scripts/stamp.mjs';
import { kubeCache, once } from '../check/go.mjs';
import { makeBaseImages } from './base-images.mjs';
import { docker, startDocker, stopDocker } from './docker.mjs';

const HERE = fileURLToPath(new URL('images', import.meta.url));
const SERVICE = 'millrace:0.1.0';
/** What the images that k8s/overlays/dev and docker-compose.yml name are made of here, by their folder in images/. */
const STAND_INS = {
  kafka: { image: 'apache/kafka:4.1.1', jars: 'kafka' },
  redis: { image: 'redis:7.4.2-bookworm' },
  cassandra: { image: 'cassandra:5.0.6', jars: 'cassandra' },
  'schema-registry': { image: 'apicurio/apicurio-registry:3.3.3', jars: 'schema-registry', goal: 'dependency:unpack' },
};
const OF_SERVICE = [
  'Dockerfile',
  'package-lock.json',
  'tsconfig.build.json',
  'scripts',
  'src',
  'cql',
  'pipelines',
  'feeds',
];

/**
 * The archives of all images of the dev overlay: the service's own, built by its Dockerfile, and stand-ins for the servers' with the
 * same programs as the stack's, which take the same variables. What has been built of the same files is taken from the cache.
 */
export async function imageArchives(log) {
  const wanted = Object.keys(STAND_INS).map((name) => [`${name}-${digestOf(HERE, ['.'])}`, () => standIn(name, log)]);
  wanted.push([`millrace-${digestOf(at(), OF_SERVICE)}`, () => service(log)]);
  const missing = wanted.some(([name]) => !existsSync(archiveOf(name)));
  if (!missing) return wanted.map(([name]) => archiveOf(name));
  await startDocker();
  try {
    await makeBaseImages();
    const archives = [];
    for (const [name, build] of wanted)
      archives.push(await once(archiveOf(name), async (folder) => save(await build(), folder)));
    return archives;
  } finally {
    await stopDocker();
  }
}

function archiveOf(name) {
  return kubeCache('images', `${name.slice(0, 40)}.tar`);
}

async function save(image, folder) {
  await docker(['save', '-o', join(folder, 'image.tar'), image]);
  return join(folder, 'image.tar');
}

/** `npm ci` in the build reaches the registry by the machine's own network. */
async function service(log) {
  log('building the image of the service');
  await docker(['build', '-q', '--network=host', '-t', SERVICE, at()]);
  return SERVICE;
}

async function standIn(name, log) {
  const { image, jars, goal } = STAND_INS[name];
  log(`building a stand-in for ${image}`);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-image-'));
  try {
    cpSync(join(HERE, name), folder, { recursive: true });
    mkdirSync(join(folder, 'jars'));
    if (jars)
      cpSync(await jarsOf(jars, at('stack', jars, 'pom.xml'), { log }, goal), join(folder, 'jars'), {
        recursive: true,
      });
    if (name === 'cassandra') cpSync(at('stack', 'cassandra'), join(folder, 'conf'), { recursive: true });
    const flags = name === 'cassandra' ? ['--build-arg', `JAVA_FLAGS=${flagsOfJava().join(' ')}`] : [];
    await docker(['build', '-q', '--network=none', ...flags, '-t', image, folder]);
    return image;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
