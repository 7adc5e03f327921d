import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flagsOfJava } from '../../stack/cassandra/cassandra.mjs';
import { programFromDebian } from '../../stack/apt.mjs';
import { jarsOf } from '../../stack/jars.mjs';
import { at } from '../../scripts/project.mjs';
import { digestOf } from '../../scripts/stamp.mjs';
import { kubeCache, once } from '../check/go.mjs';
import { makeBaseImages } from './base-images.mjs';
import { docker, withDocker } from './docker.mjs';

const HERE = 'k8s/e2e/images';
/** As the manifests call it. */
export const SERVICE = 'millrace:0.1.0';
/** What the images that k8s/overlays/dev and docker-compose.yml name are made of here, by their folder in images/. */
const STAND_INS = {
  kafka: { image: 'apache/kafka:4.1.1', jars: 'kafka' },
  redis: { image: 'redis:7.4.2-bookworm' },
  cassandra: { image: 'cassandra:5.0.6', jars: 'cassandra' },
  'schema-registry': { image: 'apicurio/apicurio-registry:3.3.3', jars: 'schema-registry', goal: 'dependency:unpack' },
  prometheus: { image: 'prom/prometheus:v3.5.0', program: 'prometheus' },
};
const OF_OVERLAY = ['kafka', 'redis', 'cassandra', 'schema-registry'];
/** What .dockerignore lets through, and what says how it is built. */
const OF_SERVICE = [
  ...['Dockerfile', '.dockerignore', 'package.json', 'package-lock.json'],
  ...['nest-cli.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/copy-assets.mjs', 'scripts/write-sbom.mjs'],
  ...['src', 'cql', 'pipelines', 'feeds', 'data'],
];

/**
 * The archives of all images of the dev overlay, and of compose with `compose`: the service's own, built by its Dockerfile, and
 * stand-ins for the servers' with the same programs as the stack's, which take the same variables. What has been built of the same
 * files is taken from the cache.
 */
export async function imageArchives(log, { compose = false } = {}) {
  const names = compose ? Object.keys(STAND_INS) : OF_OVERLAY;
  const wanted = names.map((name) => [`${name}-${digestOf(at(), sourcesOf(name))}`, () => standIn(name, log)]);
  wanted.push([`millrace-${digestOf(at(), OF_SERVICE)}`, () => service(log)]);
  const archives = wanted.map(([name]) => archiveOf(name));
  if (archives.every((archive) => existsSync(archive))) return archives;
  return withDocker(async () => {
    await makeBaseImages();
    for (const [name, build] of wanted) await once(archiveOf(name), async (folder) => save(await build(), folder));
    return archives;
  });
}

/** Paths of what says how a stand-in is built, some of which not every one has. */
function sourcesOf(name) {
  return [`${HERE}/${name}`, `stack/${name}`];
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
  const { image } = STAND_INS[name];
  log(`building a stand-in for ${image}`);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-image-'));
  try {
    cpSync(at(HERE, name), folder, { recursive: true });
    await addPrograms(name, folder, log);
    if (name === 'cassandra') cpSync(at('stack', 'cassandra'), join(folder, 'conf'), { recursive: true });
    const flags = name === 'cassandra' ? ['--build-arg', `JAVA_FLAGS=${flagsOfJava().join(' ')}`] : [];
    await docker(['build', '-q', '--network=none', ...flags, '-t', image, folder]);
    return image;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The stack's jars, or a program of Debian's. */
async function addPrograms(name, folder, log) {
  const { jars, goal, program } = STAND_INS[name];
  if (jars) {
    const from = await jarsOf(jars, at('stack', jars, 'pom.xml'), { log }, goal);
    cpSync(from, join(folder, 'jars'), { recursive: true });
  }
  if (program) cpSync(await programFromDebian([program], program, { log }), join(folder, program));
}
